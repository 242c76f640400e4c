// What shapes an answer: order, pages, one row, other media types, plans.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agent, bearer, client, agentToken, data, ids, lab, nobody, refusal } from './desk.mjs'

const ordered = async (request) => (await data(request)).map((row) => row.id)
const types = () => agent.from('ticket_types').select('id')
const bookings = () => lab.from('booking').select('id').lte('id', 3)

test('order: ascending, descending, by more than one column, nulls at either end', async () => {
  const finance = () => types().eq('department', 'finance')
  assert.deepEqual(await ordered(finance().order('avg_resolution_hours').order('id', { ascending: false })), [12, 13, 4, 2])
  assert.deepEqual(await ordered(bookings().order('stars')), [3, 1, 2])
  assert.deepEqual(await ordered(bookings().order('stars', { nullsFirst: true })), [2, 3, 1])
  assert.deepEqual(await ordered(bookings().order('stars', { ascending: false, nullsFirst: false })), [1, 3, 2])
})

test('order, limit and range of what is embedded', async () => {
  for (const option of ['referencedTable', 'foreignTable']) {
    const there = { [option]: 'tickets' }
    const rows = (request) => data(request).then(([row]) => row.tickets.map((ticket) => ticket.id))
    const query = () => agent.from('clients').select('id, tickets(id)').eq('id', 1).order('id', { ascending: false, ...there })
    const all = await rows(query())
    assert.deepEqual(all, [...all].sort((a, b) => b - a))
    assert.deepEqual(await rows(query().limit(2, there)), all.slice(0, 2))
    assert.deepEqual(await rows(query().range(1, 3, there)), all.slice(1, 4))
  }
  const byName = agent.from('client_contacts').select('id, clients(client_name)').order('clients(client_name)').limit(1)
  assert.equal((await data(byName))[0].clients.client_name, 'Amber Analytics')
})

test('limit and range give pages; behind the end is empty, or an error where it was counted', async () => {
  assert.deepEqual(await ordered(types().order('id').limit(3)), [1, 2, 3])
  assert.deepEqual(await ordered(types().order('id').range(3, 5)), [4, 5, 6])
  assert.deepEqual(await ids(types().range(99, 100)), [])
  const counted = agent.from('ticket_types').select('id', { count: 'exact' }).range(99, 100)
  const error = await refusal(counted, 416, 'PGRST103')
  assert.equal(error.details, 'An offset of 99 was requested, but there are only 14 rows.')
})

test('single gives one object, or refuses', async () => {
  assert.deepEqual(await data(types().eq('id', 9).single()), { id: 9 })
  const none = await refusal(types().eq('id', 0).single(), 406, 'PGRST116')
  assert.equal(none.message, 'Cannot coerce the result to a single JSON object')
  assert.equal(none.details, 'The result contains 0 rows')
  await refusal(types().single(), 406, 'PGRST116')
})

test('maybeSingle gives one object, null, or refuses', async () => {
  assert.deepEqual(await data(types().eq('id', 9).maybeSingle()), { id: 9 })
  assert.equal(await data(types().eq('id', 0).maybeSingle()), null)
  await refusal(types().maybeSingle(), 406, 'PGRST116')
})

test('csv gives text', async () => {
  const text = await data(agent.from('ticket_types').select('id, type_name').in('id', [9, 13]).order('id').csv())
  assert.equal(text, 'id,type_name\n9,Outage\n13,Refund')
})

test('geojson gives a collection of features', async () => {
  assert.deepEqual(await data(lab.from('booking').select().eq('id', 1).geojson()), {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', geometry: { type: 'Point', coordinates: [0, 0] }, properties: { id: 1 } }],
  })
  await refusal(types().geojson(), 406, 'PGRST107')
})

test('explain gives a plan, as text and as JSON, with what was asked for', async () => {
  assert.match(await data(types().explain()), /^Aggregate {2}\(cost=/)
  const full = { analyze: true, verbose: true, settings: true, buffers: true, wal: true }
  assert.match(await data(types().explain(full)), /actual time=.*Output: .*Execution Time: /s)
  const [plan] = await data(types().explain({ format: 'json', analyze: true }))
  assert.equal(typeof plan['Execution Time'], 'number')
  assert.equal(plan.Plan['Node Type'], 'Aggregate')
  assert.match(await data(types().eq('id', 9).single().explain()), /cost=/)
})

test('stripNulls leaves out what is null, of rows and of one row', async () => {
  const query = () => lab.from('booking').select('id, stars').eq('id', 2)
  assert.deepEqual(await data(query()), [{ id: 2, stars: null }])
  assert.deepEqual(await data(query().stripNulls()), [{ id: 2 }])
  assert.deepEqual(await data(query().single().stripNulls()), { id: 2 })
  assert.throws(() => query().csv().stripNulls())
})

test('setHeader replaces a header, returns and overrideTypes change nothing', async () => {
  const asAgent = nobody.from('clients').select('id').setHeader('Authorization', bearer(agentToken).Authorization)
  assert.equal((await data(asAgent)).length, 50)
  assert.deepEqual(await ids(client.from('clients').select('id').returns()), [1])
  assert.deepEqual(await ids(client.from('clients').select('id').overrideTypes()), [1])
  const inBerlin = agent.from('tickets').select('created_at').setHeader('Prefer', 'timezone=Europe/Berlin').limit(1)
  assert.match((await data(inBerlin))[0].created_at, /\+0[12]:00$/)
})

test('abortSignal ends the waiting, at once and later', async () => {
  const aborted = new AbortController()
  aborted.abort()
  for (const signal of [aborted.signal, AbortSignal.timeout(300)]) {
    const started = Date.now()
    const { error, status } = await lab.rpc('wait', { seconds: 20 }).abortSignal(signal)
    assert.equal(status, 0)
    assert.match(error.message, /^(AbortError|TimeoutError): /)
    assert.ok(Date.now() - started < 10_000)
  }
})
