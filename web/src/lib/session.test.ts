import { afterEach, beforeEach, expect, test, vi } from 'vitest'

/** The server's side of refreshing, at the edge of the network: tokens `t1`, `t2`, … until it refuses. */
class Server {
  asked = 0
  refuses = false

  answer = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(
      new URL(String(input instanceof Request ? input.url : input), 'http://x'),
      init,
    )
    if (!request.url.endsWith('/refresh')) return Promise.resolve(Response.json({ data: {} }))
    expect(request.headers.get('X-Refresh-Token')).toBe('cookie')
    this.asked += 1
    const error = { error: { code: 'INVALID_REFRESH_TOKEN', message: 'Sign in again.' } }
    if (this.refuses) return Promise.resolve(Response.json(error, { status: 401 }))
    return Promise.resolve(
      Response.json({ data: { access_token: `t${this.asked}`, expires_in: 900 } }),
    )
  }
}

let server: Server

beforeEach(() => {
  vi.resetModules()
  vi.useFakeTimers({ toFake: ['Date'] })
  localStorage.clear()
  server = new Server()
  vi.stubGlobal('fetch', server.answer)
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const begun = async () => {
  localStorage.setItem('dotmac.signed-in', '1')
  const session = await import('./session')
  await session.startSession()
  return session
}

test('a browser where nobody was signed in does not ask', async () => {
  const session = await import('./session')
  await session.startSession()

  expect(session.useSession.getState().state).toBe('signed-out')
  expect(server.asked).toBe(0)
})

test('a token serves until it is about to end; then one other is fetched, however many ask', async () => {
  const session = await begun()
  expect(await session.accessToken()).toBe('t1')

  vi.setSystemTime(Date.now() + 880_000)

  expect(await Promise.all([session.accessToken(), session.accessToken()])).toEqual(['t2', 't2'])
  expect(server.asked).toBe(2)
})

test('requests wait while somebody signs in again, and then go on', async () => {
  const session = await begun()
  server.refuses = true
  const waiting = session.replaceToken('t1')
  await vi.waitFor(() => expect(session.useSession.getState().state).toBe('expired'))

  session.openSession({ access_token: 'fresh', expires_in: 900 })

  expect(await waiting).toBe('fresh')
  expect(session.useSession.getState().state).toBe('signed-in')
})

test('no token is ever kept where another script could read it', async () => {
  await begun()
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('t1')
})

test('signing out forgets everything, also when the server cannot be reached', async () => {
  const session = await begun()
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))

  await expect(session.signOut()).rejects.toThrow(TypeError)

  expect(session.useSession.getState().state).toBe('signed-out')
  expect(await session.accessToken()).toBeNull()
})
