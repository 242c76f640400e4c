// Clients of the server that the environment names, and what tests say often.

import assert from 'node:assert/strict'
import { PostgrestClient } from '@supabase/postgrest-js'

const { ROWDESK_URL, ROWDESK_CLIENT, ROWDESK_AGENT, ROWDESK_ADMIN } = process.env

// As supabase-js derives it from the address of a project.
export const url = `${ROWDESK_URL}/rest/v1`

export const bearer = (token) => ({ apikey: token, Authorization: `Bearer ${token}` })

const as = (token) => new PostgrestClient(url, { headers: bearer(token), schema: 'public' })

export const agentToken = ROWDESK_AGENT
export const client = as(ROWDESK_CLIENT)
export const agent = as(ROWDESK_AGENT)
export const admin = as(ROWDESK_ADMIN)
export const nobody = new PostgrestClient(url)
export const lab = agent.schema('lab')

// What a request gives that must succeed.
export async function data(request, status = 200) {
  const answer = await request
  assert.equal(answer.error, null)
  assert.equal(answer.status, status)
  assert.equal(answer.success, true)
  return answer.data
}

// The error of a request that must fail.
export async function refusal(request, status, code) {
  const { error, data, count, status: seen, success } = await request
  assert.ok(error, `${JSON.stringify(data)} where ${code} was expected`)
  assert.equal(error.code, code, JSON.stringify(error))
  // Of an Error, the message is not enumerable.
  for (const key of ['code', 'details', 'hint', 'message']) assert.ok(key in error, `no ${key}`)
  assert.deepEqual([seen, data, count, success], [status, null, null, false])
  return error
}

export async function ids(request) {
  return (await data(request)).map((row) => row.id).sort((a, b) => a - b)
}
