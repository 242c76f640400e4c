// Which methods of the package tests call, of those that it has.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as postgrest from '@supabase/postgrest-js'

const found = new Map()
const called = new Set()
let depth = 0

// What the types declare private is not for callers.
const folder = dirname(createRequire(import.meta.url).resolve('@supabase/postgrest-js/package.json'))
const types = readFileSync(join(folder, 'dist/index.d.mts'), 'utf8')
const isPrivate = (name) => new RegExp(`\\bprivate (async )?${name}\\b`).test(types)

const classes = Object.values(postgrest).filter((value) => typeof value === 'function')
const hasHeir = (parent) => classes.some((heir) => Object.getPrototypeOf(heir) === parent)

// Of each class that no other inherits from, the methods of its own and of those above it.
for (const leaf of classes.filter((one) => !hasHeir(one))) {
  for (let proto = leaf.prototype; classes.includes(proto.constructor); proto = Object.getPrototypeOf(proto)) {
    for (const name of Object.getOwnPropertyNames(proto)) {
      if (name === 'constructor' || isPrivate(name) || found.has(`${leaf.name}.${name}`)) continue
      found.set(`${leaf.name}.${name}`, proto[name])
      proto[name] = noted(`${leaf.name}.${name}`, proto[name])
    }
  }
}

// Calls from within the package are no calls of a test, and what throws has done nothing.
function noted(name, method) {
  return function (...args) {
    depth += 1
    try {
      const result = method.apply(this, args)
      if (depth === 1) called.add(name)
      return result
    } finally {
      depth -= 1
    }
  }
}

export function assertCovered() {
  assert.ok(found.size > 60, `only ${found.size} methods were found`)
  assert.deepEqual([...found.keys()].filter((name) => !called.has(name)), [], 'methods that no test calls')
}
