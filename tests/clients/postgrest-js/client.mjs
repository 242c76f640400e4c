// Making clients: their options, their schema, the API's own description.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PostgrestClient } from '@supabase/postgrest-js'
import { agent, agentToken, bearer, client, data, lab, nobody, refusal, url } from './desk.mjs'

test('from names a table, and a client of a role sees what the role does', async () => {
  const [{ count: all }] = await data(agent.from('clients').select('count()'))
  const [{ count: own }] = await data(client.from('clients').select('count()'))
  assert.deepEqual([all, own], [50, 1])
})

test('without a token nobody reads, and the error says why', async () => {
  const error = await refusal(nobody.from('clients').select(), 401, '42501')
  assert.equal(error.message, 'permission denied for table clients')
})

test('a token that is none is refused', async () => {
  const stranger = new PostgrestClient(url, { headers: bearer('no.such.token') })
  await refusal(stranger.from('clients').select(), 401, 'PGRST301')
})

test('schema chooses another schema, for reading, writing and functions', async () => {
  assert.deepEqual(await data(lab.from('booking').select('room').eq('id', 3)), [{ room: 'green' }])
  assert.equal(await data(lab.rpc('add', { a: 1, b: 2 })), 3)
  const added = await data(lab.from('booking').insert({ room: 'schema' }).select('room'), 201)
  assert.deepEqual(added, [{ room: 'schema' }])
  await data(lab.from('booking').delete().eq('room', 'schema'), 204)
  await refusal(agent.from('booking').select(), 404, 'PGRST205')
})

test('a schema that is not exposed is refused with those that are', async () => {
  const error = await refusal(agent.schema('pg_catalog').from('pg_class').select(), 406, 'PGRST106')
  assert.equal(error.hint, 'Only the following schemas are exposed: public, lab')
})

test('the description of the API is OpenAPI 2.0, of the schema and of what the role may do', async () => {
  const page = await data(agent.getOpenApiSpec())
  assert.equal(page.swagger, '2.0')
  assert.ok(page.paths['/tickets'] && page.paths['/rpc/dashboard_overview'])
  assert.equal(page.definitions.clients.properties.client_name.type, 'string')
  assert.equal((await data(client.getOpenApiSpec())).paths['/rpc/dashboard_overview'], undefined)
  assert.deepEqual(Object.keys((await data(lab.getOpenApiSpec())).definitions), ['booking'])
  await refusal(agent.schema('pg_catalog').getOpenApiSpec(), 406, 'PGRST106')
})

test('a timeout and a fetch of the caller go with every request', async () => {
  const seen = []
  const wrapFetch = (inner) => (target, init) => {
    seen.push(init.method)
    return inner(target, init)
  }
  const quick = new PostgrestClient(url, {
    headers: bearer(agentToken), schema: 'lab', timeout: 300, retry: false, urlLengthLimit: 10, wrapFetch,
  })
  assert.equal(await data(quick.rpc('add', { a: 2, b: 2 })), 4)
  const { error, status } = await quick.rpc('wait', { seconds: 5 })
  assert.deepEqual([status, error.code, seen], [0, '', ['POST', 'POST']])
  assert.match(error.hint, /^Request was aborted .* Your request URL is \d+ characters/s)
  const own = agent.from('clients', { fetch: async () => new Response('[{"id": 0}]'), retry: false, urlLengthLimit: 1 })
  assert.deepEqual(await data(own.select('id')), [{ id: 0 }])
})
