// Errors: what they hold, thrown or given, and attempts that are made again.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PostgrestClient, PostgrestError } from '@supabase/postgrest-js'
import { agent, agentToken, bearer, data, lab, refusal, url } from './desk.mjs'

test('what a function raises arrives with its message, details and hint', async () => {
  const error = await refusal(lab.rpc('refuse'), 400, 'P0001')
  assert.deepEqual(error, {
    code: 'P0001', message: 'the room is closed', details: 'since Monday', hint: 'try the attic',
  })
})

test('throwOnError throws the same', async () => {
  const thrown = await lab.rpc('refuse').throwOnError().then(assert.fail, (error) => error)
  assert.ok(thrown instanceof PostgrestError)
  assert.deepEqual(thrown.toJSON(), {
    name: 'PostgrestError', code: 'P0001', message: 'the room is closed', details: 'since Monday', hint: 'try the attic',
  })
  for (const modifier of ['single', 'maybeSingle']) {
    await assert.rejects(async () => await agent.from('clients').select('id')[modifier]().throwOnError(), { code: 'PGRST116' })
  }
  assert.equal((await agent.from('clients').select('id').throwOnError()).data.length, 50)
})

test('a 503 is asked again after Retry-After, with the number of the attempt', async () => {
  assert.equal(await data(lab.rpc('second_attempt', {}, { get: true })), '1')
})

test('retry(false), POST and a client without retries are told at once', async () => {
  const once = new PostgrestClient(url, { headers: bearer(agentToken), schema: 'lab', retry: false })
  for (const request of [
    lab.rpc('second_attempt', {}, { get: true }).retry(false),
    lab.rpc('second_attempt'),
    once.rpc('second_attempt', {}, { get: true }),
  ]) {
    const error = await refusal(request, 503, 'LAB01')
    assert.deepEqual([error.message, error.details, error.hint], ['busy', 'at first', 'again'])
  }
  assert.equal(await data(once.rpc('second_attempt', {}, { get: true }).retry(true)), '1')
})

test('a server that is not there is an error of its own, and no exception', async () => {
  const nowhere = new PostgrestClient('http://127.0.0.1:1', { retry: false })
  const { error, status } = await nowhere.from('clients').select()
  assert.equal(status, 0)
  assert.match(error.details, /ECONNREFUSED|bad port/)
})
