// Every method of @supabase/postgrest-js, file by file; then, whether it was every method.

import { test } from 'node:test'
import { assertCovered } from './coverage.mjs'

for (const file of ['client', 'reads', 'filters', 'modifiers', 'writes', 'functions', 'errors']) {
  await import(`./${file}.mjs`)
}

test('every method of the package is called', assertCovered)
