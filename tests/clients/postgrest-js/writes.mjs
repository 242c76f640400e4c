// insert, update, upsert, delete, on rows of each test's own.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admin, agent, client, data, lab, refusal } from './desk.mjs'

const clients = () => admin.from('clients')
const bookings = () => lab.from('booking')
const inRoom = (room) => data(bookings().select('stars, note').eq('room', room).order('id'))

test('insert one row: nothing comes back, or what is selected', async () => {
  const silent = await bookings().insert({ room: 'one', stars: 1 })
  assert.deepEqual(silent, { success: true, error: null, data: null, count: null, status: 201, statusText: 'Created' })
  const [row] = await data(bookings().insert({ room: 'one', note: 'second' }).select(), 201)
  assert.deepEqual([row.room, row.note, row.stars, row.confirmed], ['one', 'second', 3, null])
  assert.ok(row.id >= 100)
  assert.deepEqual(await data(bookings().insert({ room: 'one', stars: 4 }).select('stars').single(), 201), { stars: 4 })
})

test('insert many rows: what one leaves out is null, or the default', async () => {
  const rows = [{ room: 'many', stars: 1 }, { room: 'many', note: 'no stars' }]
  const counted = await bookings().insert(rows, { count: 'exact' })
  assert.deepEqual([counted.status, counted.count], [201, 2])
  assert.deepEqual(await inRoom('many'), [{ stars: 1, note: null }, { stars: null, note: 'no stars' }])
  await data(bookings().insert(rows.map((row) => ({ ...row, room: 'defaults' })), { defaultToNull: false }), 201)
  assert.deepEqual(await inRoom('defaults'), [{ stars: 1, note: null }, { stars: 3, note: 'no stars' }])
  assert.equal(await data(bookings().insert([]), 201), null)
  assert.deepEqual(await data(bookings().insert([]).select(), 201), [])
})

test('insert follows policies, triggers and constraints', async () => {
  const ticket = { ticket_type_id: 1, title: 'Cannot sign in', tags: ['sso'] }
  const made = await data(client.from('tickets').insert(ticket).select('client_id, status, priority, tags').single(), 201)
  assert.deepEqual(made, { client_id: 1, status: 'open', priority: 'medium', tags: ['sso'] })
  await refusal(client.from('tickets').insert({ ...ticket, client_id: 2 }), 403, '42501')
  const missing = await refusal(bookings().insert({ stars: 1 }), 400, '23502')
  assert.match(missing.message, /null value in column "room"/)
  const twice = await refusal(clients().insert({ client_name: 'x', email: 'support@amber-logistics.example' }), 409, '23505')
  assert.match(twice.message, /duplicate key value violates unique constraint/)
  const unknown = await refusal(bookings().insert({ room: 'x', colour: 'red' }), 400, 'PGRST204')
  assert.equal(unknown.message, "Could not find the 'colour' column of 'booking' in the schema cache")
  await refusal(bookings().insert({ room: 'x', stars: '5' }), 400, 'RD106')
})

test('a bigint of JavaScript is sent as a text, which strict-json-types refuses for a number', async () => {
  await refusal(bookings().insert({ room: 'big', stars: 5n }), 400, 'RD106')
})

test('update the rows that filters choose', async () => {
  await data(bookings().insert([{ room: 'update', stars: 1 }, { room: 'update', stars: 2 }]), 201)
  const silent = await bookings().update({ note: 'changed' }, { count: 'exact' }).eq('room', 'update').eq('stars', 1)
  assert.deepEqual([silent.status, silent.data, silent.count, silent.statusText], [204, null, 1, 'No Content'])
  const shown = bookings().update({ stars: 4 }).eq('room', 'update').order('note').select('stars, note')
  assert.deepEqual(await data(shown), [{ stars: 4, note: 'changed' }, { stars: 4, note: null }])
  const one = bookings().update({ stars: 5 }).eq('room', 'update').eq('note', 'changed').select('stars').single()
  assert.deepEqual(await data(one), { stars: 5 })
  assert.deepEqual(await data(bookings().update({ stars: 0 }).eq('id', 0).select()), [])
  assert.equal(await data(bookings().update({ stars: 0 }).eq('id', 0).select().maybeSingle()), null)
})

test('update where single finds two changes nothing', async () => {
  await data(bookings().insert([{ room: 'two', stars: 1 }, { room: 'two', stars: 1 }]), 201)
  await refusal(bookings().update({ stars: 9 }).eq('room', 'two').select().single(), 406, 'PGRST116')
  assert.deepEqual((await inRoom('two')).map((row) => row.stars), [1, 1])
})

test('update without a filter, or without the right, is refused', async () => {
  const unfiltered = await refusal(bookings().update({ stars: 0 }), 400, 'RD107')
  assert.notEqual(unfiltered.hint, null)
  await refusal(agent.from('ticket_types').update({ priority: 'low' }).eq('id', 1), 403, '42501')
})

test('upsert by the primary key: merges, or ignores', async () => {
  await data(bookings().insert({ id: 50, room: 'upsert', stars: 1, note: 'kept' }), 201)
  const merged = bookings().upsert([{ id: 50, room: 'upsert', stars: 2 }, { id: 51, room: 'upsert', stars: 3 }], { count: 'exact' })
  const answer = await merged.select('id, stars, note').order('id')
  assert.deepEqual([answer.error, answer.count, answer.status], [null, 2, 201])
  assert.deepEqual(answer.data, [{ id: 50, stars: 2, note: 'kept' }, { id: 51, stars: 3, note: null }])
  const ignored = bookings().upsert([{ id: 50, room: 'upsert', stars: 7 }, { id: 52, room: 'upsert', stars: 7 }], { ignoreDuplicates: true })
  assert.deepEqual(await data(ignored.select('id'), 201), [{ id: 52 }])
  assert.deepEqual((await inRoom('upsert')).map((row) => row.stars), [2, 3, 7])
  await data(bookings().upsert([{ id: 53, room: 'upsert', note: 'a' }, { id: 54, room: 'upsert', stars: 1 }], { defaultToNull: false }), 201)
  assert.deepEqual((await inRoom('upsert')).map((row) => row.stars), [2, 3, 7, 3, 1])
})

test('upsert by another unique column', async () => {
  const email = 'upsert@js.example'
  const first = clients().upsert({ client_name: 'First', email }, { onConflict: 'email' })
  const { id } = await data(first.select('id').single(), 201)
  const second = clients().upsert({ client_name: 'Second', email }, { onConflict: 'email' })
  assert.deepEqual(await data(second.select('id, client_name').single()), { id, client_name: 'Second' })
  await refusal(clients().upsert({ client_name: 'x', email }, { onConflict: 'status' }), 400, '42P10')
  await data(clients().delete().eq('email', email), 204)
})

test('delete the rows that filters choose', async () => {
  await data(bookings().insert([{ room: 'delete', stars: 1 }, { room: 'delete', stars: 2 }, { room: 'delete', stars: 3 }]), 201)
  assert.deepEqual(await data(bookings().delete().eq('room', 'delete').eq('stars', 1).select('stars')), [{ stars: 1 }])
  const counted = await bookings().delete({ count: 'exact' }).eq('room', 'delete')
  assert.deepEqual([counted.status, counted.count, counted.data], [204, 2, null])
  assert.deepEqual(await inRoom('delete'), [])
  await refusal(bookings().delete(), 400, 'RD107')
  await refusal(agent.from('clients').delete().eq('id', 1), 403, '42501')
})

test('rollback shows what would be, and changes nothing', async () => {
  const would = await data(bookings().insert({ room: 'rollback' }).select('room').rollback(), 201)
  assert.deepEqual(would, [{ room: 'rollback' }])
  assert.deepEqual(await inRoom('rollback'), [])
  assert.equal((await data(bookings().delete().eq('id', 1).rollback().select())).length, 1)
  assert.equal((await data(bookings().select().eq('id', 1))).length, 1)
})

test('maxAffected allows so many and no more', async () => {
  await data(bookings().insert([{ room: 'max', stars: 1 }, { room: 'max', stars: 2 }]), 201)
  const error = await refusal(bookings().update({ stars: 9 }).eq('room', 'max').maxAffected(1), 400, 'PGRST124')
  assert.equal(error.details, 'The query affects 2 rows')
  await refusal(bookings().delete().eq('room', 'max').maxAffected(1), 400, 'PGRST124')
  assert.deepEqual((await inRoom('max')).map((row) => row.stars), [1, 2])
  await data(bookings().delete().eq('room', 'max').maxAffected(2), 204)
})
