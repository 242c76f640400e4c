// The life of an account with @supabase/supabase-js as it is published: sign up, set a password by the link that was
// mailed, sign in, read, refresh, change the password, forget it, sign out.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@supabase/supabase-js'

const url = process.env.ROWDESK_URL
const email = process.env.ROWDESK_EMAIL
const site = process.env.ROWDESK_SITE

/** Older Node.js has no WebSocket, which is asked for and not used. */
const options = { auth: { persistSession: false, autoRefreshToken: false }, realtime: { transport: class {} } }
const desk = (auth = {}) => createClient(url, process.env.ROWDESK_KEY, { ...options, auth: { ...options.auth, ...auth } })

async function ok(call) {
  const { data, error } = await call
  assert.equal(error, null, error?.message)
  return data
}

async function refused(call, status, code) {
  const { error } = await call
  assert.deepEqual([error?.status, error?.code], [status, code], error?.message)
  return error
}

/** What the client makes of a session that has ended: `session_not_found`. */
async function missing(call) {
  const { error } = await call
  assert.equal(error?.name, 'AuthSessionMissingError', error?.message)
}

/** The links that were mailed to somebody, the latest last. */
async function links(recipient) {
  const lines = (await readFile(process.env.ROWDESK_MAILS, 'utf8')).split('\n').filter(Boolean)
  const mails = lines.map((line) => JSON.parse(line)).filter((mail) => mail.recipient === recipient)
  // the server of a test learns its port too late to write it into mails
  return mails.map((mail) => {
    const { pathname, search } = new URL(mail.body.match(/http\S+/)[0])
    return new URL(pathname + search, url)
  })
}

async function nextLink(recipient, before) {
  for (let waited = 0; waited < 100; waited += 1) {
    const found = await links(recipient)
    if (found.length > before) return found.at(-1)
    await pause(100)
  }
  throw new Error(`no mail to ${recipient}`)
}

test('an account from its first mail to its last session', async (t) => {
  const mine = desk()

  await t.test('signing up mails a link, and tells nothing', async () => {
    const known = await ok(mine.auth.signUp({ email, password: 'not kept anyway' }))
    const unknown = await ok(mine.auth.signUp({ email: 'stranger@nowhere.example', password: 'not kept anyway' }))
    for (const answer of [known, unknown]) {
      assert.equal(answer.session, null)
      assert.deepEqual(Object.keys(answer.user), Object.keys(known.user))
    }
    assert.notEqual(known.user.id, unknown.user.id)
    await refused(mine.auth.signInWithPassword({ email, password: 'not kept anyway' }), 400, 'invalid_credentials')
  })

  await t.test('the link opens a session, once, in which a password is set', async () => {
    const link = await nextLink(email, 0)
    const proof = { token_hash: link.searchParams.get('token'), type: link.searchParams.get('type') }
    const { session } = await ok(mine.auth.verifyOtp(proof))
    assert.equal(session.user.email, email)
    await refused(desk().auth.verifyOtp(proof), 403, 'otp_expired')
    const weak = await refused(mine.auth.updateUser({ password: 'short' }), 422, 'weak_password')
    assert.deepEqual(weak.reasons, ['length'])
    await ok(mine.auth.updateUser({ password: 'first long password' }))
    await refused(mine.auth.updateUser({ password: 'first long password' }), 422, 'same_password')
  })

  await t.test('the password signs in, and the session reads what is its own', async () => {
    await ok(mine.auth.signInWithPassword({ email, password: 'first long password' }))
    const tickets = await ok(mine.from('tickets').select('client_id'))
    assert.ok(tickets.length > 0)
    assert.equal(new Set(tickets.map((ticket) => ticket.client_id)).size, 1)
    const { error, status } = await mine.rpc('team_performance')
    assert.deepEqual([status, error.code], [403, '42501'])
    const { user } = await ok(mine.auth.getUser())
    assert.equal(user.email, email)
    // verified here, with the keys that are published
    const { claims, header } = await ok(mine.auth.getClaims())
    assert.deepEqual([header.alg, claims.email, claims.role], ['ES256', email, 'desk_client'])
  })

  await t.test('whoever is signed out is anybody', async () => {
    const { error, status } = await desk().from('tickets').select('id')
    assert.deepEqual([status, error.code], [401, '42501'])
  })

  await t.test('a session is refreshed, and a token of it is used once', async () => {
    const before = (await ok(mine.auth.getSession())).session
    const { session } = await ok(mine.auth.refreshSession())
    assert.notEqual(session.refresh_token, before.refresh_token)
    assert.equal(session.user.email, email)
  })

  await t.test('what somebody says of themselves is kept, and decides nothing', async () => {
    const { user } = await ok(mine.auth.updateUser({ data: { nickname: 'Ada', role: 'desk_admin' } }))
    assert.deepEqual(user.user_metadata, { nickname: 'Ada', role: 'desk_admin' })
    assert.equal(user.role, 'desk_client')
    const { session } = await ok(mine.auth.refreshSession())
    const claims = JSON.parse(Buffer.from(session.access_token.split('.')[1], 'base64url'))
    assert.equal(claims.role, 'desk_client')
    await refused(mine.auth.updateUser({ email: 'another@nowhere.example' }), 400, 'validation_failed')
  })

  await t.test('who forgets the password sets another by a link that leads back to the page', async () => {
    const other = desk()
    await ok(other.auth.signInWithPassword({ email, password: 'first long password' }))
    const before = (await links(email)).length
    await ok(mine.auth.resetPasswordForEmail(email, { redirectTo: `${site}/reset` }))
    const link = await nextLink(email, before)
    const followed = await fetch(link, { redirect: 'manual' })
    assert.equal(followed.status, 303)
    const [page, fragment] = followed.headers.get('location').split('#')
    assert.equal(page, `${site}/reset`)
    const found = Object.fromEntries(new URLSearchParams(fragment))
    assert.equal(found.type, 'recovery')
    await ok(mine.auth.setSession({ access_token: found.access_token, refresh_token: found.refresh_token }))
    await ok(mine.auth.updateUser({ password: 'second long password' }))
    // the sessions of the old password have ended
    await missing(other.auth.getUser())
    await refused(desk().auth.signInWithPassword({ email, password: 'first long password' }), 400, 'invalid_credentials')
    const again = await fetch(link, { redirect: 'manual' })
    assert.match(again.headers.get('location'), /#error=access_denied&error_code=otp_expired/)
  })

  await t.test('a link may give a code that only the browser that asked for it can exchange', async () => {
    const storage = new Map()
    const kept = {
      getItem: (key) => storage.get(key) ?? null,
      setItem: (key, value) => storage.set(key, value),
      removeItem: (key) => storage.delete(key),
    }
    const browser = desk({ flowType: 'pkce', storage: kept })
    const before = (await links(email)).length
    await ok(browser.auth.resetPasswordForEmail(email, { redirectTo: `${site}/reset` }))
    const followed = await fetch(await nextLink(email, before), { redirect: 'manual' })
    const page = new URL(followed.headers.get('location'))
    assert.equal(page.hash, '')
    const { session } = await ok(browser.auth.exchangeCodeForSession(page.searchParams.get('code')))
    assert.equal(session.user.email, email)
  })

  await t.test('signing out ends the session', async () => {
    await ok(mine.auth.signInWithPassword({ email, password: 'second long password' }))
    const { session } = await ok(mine.auth.getSession())
    await ok(mine.auth.signOut().then((answer) => ({ data: null, ...answer })))
    assert.equal((await ok(mine.auth.getSession())).session, null)
    await missing(desk().auth.refreshSession({ refresh_token: session.refresh_token }))
  })
})
