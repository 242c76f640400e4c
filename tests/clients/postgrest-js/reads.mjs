// select: columns, embedding, counts, HEAD.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agent, client, data, ids, nobody, refusal } from './desk.mjs'

const TYPES = 14

test('select gives all columns, or those that are named', async () => {
  const [outage] = await data(agent.from('ticket_types').select().eq('id', 9))
  assert.deepEqual(outage, {
    id: 9, type_name: 'Outage', department: 'technical', priority: 'urgent', avg_resolution_hours: 4, metadata: {},
  })
  const named = agent.from('ticket_types').select(`id, name: type_name, hours: avg_resolution_hours::text`)
  assert.deepEqual(await data(named.eq('id', 9)), [{ id: 9, name: 'Outage', hours: '4' }])
})

test('select reaches into JSON and aggregates', async () => {
  const [row] = await data(agent.from('tickets').select('custom_fields->>browser').not('custom_fields->browser', 'is', null).limit(1))
  assert.match(row.browser, /^(Firefox|Chrome|Safari)$/)
  const hours = await data(agent.from('ticket_types').select('department, avg_resolution_hours.max()').order('department'))
  assert.deepEqual(hours, [
    { department: 'finance', max: 24 }, { department: 'support', max: 48 }, { department: 'technical', max: 36 },
  ])
})

test('select embeds what rows refer to, and what refers to them', async () => {
  const query = agent.from('tickets').select('id, clients(client_name), team_members!assigned_to(display_name), ticket_messages(count)')
  const rows = await data(query.not('assigned_to', 'is', null).order('id').limit(3))
  assert.equal(rows.length, 3)
  for (const row of rows) {
    assert.equal(typeof row.clients.client_name, 'string')
    assert.equal(typeof row.team_members.display_name, 'string')
    assert.equal(typeof row.ticket_messages[0].count, 'number')
  }
})

test('select spreads, and drops rows without the related', async () => {
  const rows = await data(agent.from('client_contacts').select('id, ...clients!inner(client_name)').eq('clients.id', 7))
  assert.ok(rows.length > 0)
  assert.ok(rows.every((row) => row.client_name === 'Garnet Logistics'))
  assert.deepEqual(await ids(agent.from('clients').select('id, client_contacts!inner(id)').eq('client_contacts.id', 0)), [])
})

test('counts are of all that the filters choose, whatever the page', async () => {
  for (const count of ['exact', 'planned', 'estimated']) {
    const answer = await agent.from('ticket_types').select('id', { count }).order('id').limit(2)
    assert.deepEqual(answer.data, [{ id: 1 }, { id: 2 }])
    assert.deepEqual([answer.count, answer.status, answer.statusText], [TYPES, 206, 'Partial Content'], count)
  }
  const none = await agent.from('ticket_types').select('id', { count: 'exact' }).eq('id', 0)
  assert.deepEqual([none.data, none.count, none.status], [[], 0, 200])
  const unasked = await agent.from('ticket_types').select('id')
  assert.deepEqual([unasked.data.length, unasked.count], [TYPES, null])
})

test('counts are of what the caller may see', async () => {
  const all = await agent.from('tickets').select('*', { count: 'exact', head: true })
  const own = await client.from('tickets').select('*', { count: 'exact', head: true })
  assert.ok(own.count > 0 && own.count < all.count / 2, `${own.count} of ${all.count}`)
  assert.deepEqual(await data(client.from('tickets').select('id').neq('client_id', 1)), [])
})

test('head gives no rows, and without a body an error has no message', async () => {
  const answer = await agent.from('ticket_types').select('*', { head: true, count: 'exact' })
  assert.deepEqual([answer.data, answer.count, answer.status, answer.error], [null, TYPES, 200, null])
  const uncounted = await agent.from('ticket_types').select('*', { head: true })
  assert.deepEqual([uncounted.data, uncounted.count, uncounted.status], [null, null, 200])
  const refused = await nobody.from('clients').select('*', { head: true })
  assert.deepEqual([refused.error, refused.status], [{ message: '' }, 401])
})

test('what does not exist is refused with what was perhaps meant', async () => {
  const table = await refusal(agent.from('ticket_type').select(), 404, 'PGRST205')
  assert.equal(table.message, "Could not find the table 'public.ticket_type' in the schema cache")
  assert.equal(table.hint, "Perhaps you meant the table 'public.ticket_types'")
  const column = await refusal(agent.from('ticket_types').select('typename'), 400, '42703')
  assert.equal(column.message, 'column ticket_types.typename does not exist')
  await refusal(agent.from('ticket_types').select('id, payments(id)'), 400, 'PGRST200')
  const two = await refusal(agent.from('tickets').select('id, team_members(id)'), 300, 'PGRST201')
  assert.equal(Array.isArray(two.details), true)
})
