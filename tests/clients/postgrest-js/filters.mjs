// Every filter, over rows whose values are known.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agent, data, ids, lab, refusal } from './desk.mjs'

const types = () => agent.from('ticket_types').select('id')
const people = () => agent.from('team_members').select('id')
const bookings = () => lab.from('booking').select('id').lte('id', 3)

const compared = {
  eq: [types().eq('type_name', 'Outage'), [9]],
  neq: [types().neq('department', 'support').neq('department', 'technical'), [2, 4, 12, 13]],
  gt: [types().gt('avg_resolution_hours', 36), [6, 14]],
  gte: [types().gte('avg_resolution_hours', 36), [3, 6, 14]],
  lt: [types().lt('avg_resolution_hours', 4), [10]],
  lte: [types().lte('avg_resolution_hours', 4), [9, 10]],
  is: [bookings().is('confirmed', null), [3]],
  'is true': [bookings().is('confirmed', true), [1]],
  'is false': [bookings().is('confirmed', false), [2]],
  isDistinct: [bookings().isDistinct('confirmed', true), [2, 3]],
  in: [types().in('type_name', ['Outage', 'Refund', 'Outage', 'a,b', '(x)']), [9, 13]],
  notIn: [types().notIn('department', ['support', 'technical']), [2, 4, 12, 13]],
  match: [types().match({ department: 'support', priority: 'high', id: undefined }), [1, 10]],
  filter: [types().filter('id', 'in', '(1,2)').filter('department', 'eq', 'finance'), [2]],
  not: [types().not('department', 'in', '(support,technical)').not('id', 'eq', 2), [4, 12, 13]],
  or: [types().or('id.eq.1,and(department.eq.finance,priority.eq.low)'), [1, 12]],
}

const patterns = {
  like: [types().like('type_name', '%Re%'), [3, 6, 10, 13]],
  'like, by the case': [types().like('type_name', 'outage'), []],
  likeAllOf: [types().likeAllOf('type_name', ['%Re%', '%Bug%']), [3]],
  likeAnyOf: [types().likeAnyOf('type_name', ['Out%', 'Ref%']), [9, 13]],
  ilike: [types().ilike('type_name', 'OUT%'), [9]],
  ilikeAllOf: [types().ilikeAllOf('type_name', ['%RE%', '%bug%']), [3]],
  ilikeAnyOf: [types().ilikeAnyOf('type_name', ['out%', 'REF%']), [9, 13]],
  regexMatch: [types().regexMatch('type_name', '^(Out|Ref)'), [9, 13]],
  regexIMatch: [types().regexIMatch('type_name', '^(out|ref)'), [9, 13]],
}

const sets = {
  'contains an array': [people().contains('skills', ['api', 'security']), [11]],
  'contains a text': [people().contains('skills', '{refunds}'), [14]],
  'contains in a range': [bookings().contains('seats', '[6,7)'), [2]],
  'containedBy an array': [people().containedBy('skills', ['billing', 'refunds']), [4, 14, 15]],
  'containedBy a range': [bookings().containedBy('seats', '[0,12)'), [1, 2]],
  'overlaps an array': [people().overlaps('languages', ['nl', 'sv']), [5, 10]],
  'overlaps a range': [bookings().overlaps('seats', '[4,6)'), [1, 2]],
  rangeGt: [bookings().rangeGt('seats', '[1,5)'), [2, 3]],
  rangeGte: [bookings().rangeGte('seats', '[5,10)'), [2, 3]],
  rangeLt: [bookings().rangeLt('seats', '[20,30)'), [1, 2]],
  rangeLte: [bookings().rangeLte('seats', '[5,10)'), [1, 2]],
  rangeAdjacent: [bookings().rangeAdjacent('seats', '[10,20)'), [2, 3]],
}

const searched = {
  textSearch: [bookings().textSearch('words', 'mat'), [1]],
  'textSearch with a configuration': [bookings().textSearch('words', 'fat & cats', { config: 'english' }), [1, 2]],
  'textSearch for plain words': [bookings().textSearch('words', 'fat cats', { config: 'english', type: 'plain' }), [1, 2]],
  'textSearch for a phrase': [bookings().textSearch('words', 'fat cats', { config: 'english', type: 'phrase' }), [1]],
  'textSearch as on the web': [bookings().textSearch('words', 'cat -mat', { config: 'english', type: 'websearch' }), [2]],
  'textSearch in a text': [bookings().textSearch('note', 'happened', { type: 'plain' }), [3]],
  'not textSearch': [bookings().not('words', 'wfts(english)', 'cat'), [3]],
}

for (const [name, [request, expected]] of Object.entries({ ...compared, ...patterns, ...sets, ...searched })) {
  test(`filter: ${name}`, async () => assert.deepEqual(await ids(request), expected))
}

test('filter: contains and containedBy an object', async () => {
  const firefox = await data(agent.from('tickets').select('custom_fields').contains('custom_fields', { browser: 'Firefox' }))
  assert.ok(firefox.length > 10)
  assert.ok(firefox.every((row) => row.custom_fields.browser === 'Firefox'))
  const nothing = agent.from('ticket_types').select('id', { count: 'exact' }).containedBy('metadata', { any: 1 })
  assert.equal((await nothing).count, 14)
})

test('filter: or on what is embedded, under both names of the option', async () => {
  for (const option of ['referencedTable', 'foreignTable']) {
    const request = agent.from('clients').select('id, client_contacts!inner(id)').or('id.eq.1,id.eq.2', { [option]: 'client_contacts' })
    const found = (await data(request)).flatMap((row) => row.client_contacts.map((contact) => contact.id))
    assert.deepEqual(found.sort(), [1, 2])
  }
})

test('filter: a value that is none of the type is refused', async () => {
  const error = await refusal(types().eq('id', 'nine'), 400, '22P02')
  assert.match(error.message, /integer: "nine"/)
  await refusal(types().filter('id', 'equals', 9), 400, 'PGRST100')
  await refusal(types().rangeGt('type_name', '[1,2)'), 404, '42883')
})
