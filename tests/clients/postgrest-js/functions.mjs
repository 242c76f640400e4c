// rpc: by POST, GET and HEAD; results of every kind.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agent, client, data, ids, lab, refusal } from './desk.mjs'

test('rpc by POST: a number, a list, a text, nothing', async () => {
  assert.equal(await data(lab.rpc('add', { a: 2, b: 3 })), 5)
  assert.deepEqual(await data(lab.rpc('shout', { words: ['a', 'b c'] })), ['A', 'B C'])
  assert.equal(await data(lab.rpc('room_of', { booking: { room: 'red' } })), 'red')
  assert.equal(await data(lab.rpc('nothing'), 204), null)
})

test('rpc by GET: values and lists stand in the URL', async () => {
  assert.equal(await data(lab.rpc('add', { a: 2, b: 3, c: undefined }, { get: true })), 5)
  assert.deepEqual(await data(lab.rpc('shout', { words: ['a', 'b'] }, { get: true })), ['A', 'B'])
  await refusal(lab.rpc('confirm', { wanted: 'blue' }, { get: true }), 405, '25006')
})

test('rpc of rows takes filters, order, pages, counts and one object', async () => {
  const rows = (options) => lab.rpc('bookings', { wanted: 'blue' }, options)
  assert.deepEqual(await ids(rows()), [1, 2])
  assert.deepEqual(await data(rows().gt('stars', 4).select('id, note')), [{ id: 1, note: 'Two fat cats sat on the mat' }])
  assert.deepEqual(await data(rows({ get: true }).select('id').order('id', { ascending: false }).limit(1)), [{ id: 2 }])
  const counted = await rows({ get: true, count: 'exact' }).select('id').order('id').range(0, 0)
  assert.deepEqual([counted.data, counted.count, counted.status], [[{ id: 1 }], 2, 206])
  assert.equal((await rows({ count: 'exact' })).count, 2)
  assert.equal((await data(rows().eq('id', 2).single())).stars, null)
  assert.equal(await data(rows().eq('id', 9).maybeSingle()), null)
  assert.equal(await data(rows().select('id').order('id').csv()), 'id\n1\n2')
  assert.equal((await data(rows().geojson())).features.length, 2)
})

test('rpc by HEAD: the count alone; with an object it is a POST, and functions know no return=minimal', async () => {
  const head = await lab.rpc('bookings', { wanted: 'blue' }, { head: true, count: 'exact' })
  assert.deepEqual([head.data, head.count, head.status, head.error], [null, 2, 200, null])
  const withObject = await lab.rpc('room_of', { booking: { room: 'red' } }, { head: true, count: 'exact' })
  assert.deepEqual([withObject.error, withObject.data, withObject.status], [null, 'red', 200])
})

test('rpc that changes: shown, rolled back, and no more than so many', async () => {
  const confirm = () => lab.rpc('confirm', { wanted: 'green' })
  assert.deepEqual(await data(confirm().select('id, confirmed').rollback()), [{ id: 3, confirmed: true }])
  assert.deepEqual(await data(lab.from('booking').select('confirmed').eq('id', 3)), [{ confirmed: null }])
  await refusal(lab.rpc('confirm', { wanted: 'blue' }).maxAffected(1), 400, 'PGRST124')
  assert.deepEqual(await data(lab.from('booking').select('confirmed').eq('id', 2)), [{ confirmed: false }])
  await refusal(lab.rpc('add', { a: 1, b: 2 }).maxAffected(1), 400, 'PGRST128')
})

test('widgets of the desk: filters reach the tables below, and clients may not ask', async () => {
  const all = await agent.rpc('dashboard_overview', {}, { get: true }).single()
  const high = await agent.rpc('dashboard_overview', {}, { get: true }).eq('priority', 'high').single()
  assert.ok(high.data.total_tickets > 0 && high.data.total_tickets < all.data.total_tickets)
  const team = await data(agent.rpc('team_performance', {}, { get: true }).order('tickets_resolved', { ascending: false }).limit(3))
  assert.equal(team.length, 3)
  assert.ok(team[0].tickets_resolved >= team[2].tickets_resolved)
  const found = await data(agent.rpc('client_analysis', { search: 'garnet' }))
  assert.ok(found.length > 0 && found.every((row) => row.client_name.startsWith('Garnet')))
  await refusal(client.rpc('dashboard_overview'), 403, '42501')
})

test('rpc of what is not there says what is', async () => {
  const misspelt = await refusal(lab.rpc('room_off', { booking: {} }), 404, 'PGRST202')
  assert.equal(misspelt.hint, 'Perhaps you meant to call the function lab.room_of')
  const incomplete = await refusal(lab.rpc('add', { a: 1 }), 404, 'PGRST202')
  assert.equal(incomplete.hint, 'Perhaps you meant to call the function lab.add(a, b)')
})
