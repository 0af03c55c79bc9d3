/**
 * Being signed in, in a browser.
 *
 * The access token lives in this module's memory and nowhere else. The refresh token is in an
 * HttpOnly cookie that only `/api/v1/auth` is sent, so no script ever sees it. A tab that starts, or
 * whose token runs out, asks for another access token; the tabs of a browser do so one after the
 * other and tell each other the result, because a refresh token is good once.
 * See docs/decisions: the browser's session.
 */
import { create } from 'zustand'
import { problemOf } from './problem'

export type SessionState = 'starting' | 'signed-out' | 'signed-in' | 'expired'

/** `expired`: somebody was at work; the page stays as it is while they sign in again. */
export const useSession = create<{ state: SessionState }>(() => ({ state: 'starting' }))

/** The tokens are on their way in a cookie: see `X-Refresh-Token` in the API's reference. */
export const IN_COOKIE = { 'X-Refresh-Token': 'cookie' } as const

interface Token {
  value: string
  /** In milliseconds since 1970. */
  endsAt: number
}

type News = { kind: 'token'; token: Token } | { kind: 'signed-out' }

const AUTH = '/api/v1/auth'
const EARLY_MS = 30_000 // a token that ends before the answer is there is no good
const HINT = 'dotmac.signed-in' // no secret: only whether it is worth asking for a token
const tabs = new BroadcastChannel('dotmac.session')

let token: Token | null = null
let asking: Promise<string | null> | null = null
const waiting: (() => void)[] = []

/** Begin: somebody who was signed in on this browser still is. */
export async function startSession(): Promise<void> {
  const isWorthAsking = localStorage.getItem(HINT) !== null
  const found = isWorthAsking ? await renew().catch(() => null) : null
  if (useSession.getState().state === 'starting') setState(found ? 'signed-in' : 'signed-out')
}

/** Take over the tokens that signing in has answered. */
export function openSession(answer: { access_token: string; expires_in: number }): void {
  take(answer)
  tell({ kind: 'token', token: token as Token })
}

/** A token that is good for the next request; waits while somebody signs in again. */
export async function accessToken(): Promise<string | null> {
  const { state } = useSession.getState()
  if (state === 'signed-out') return null
  if (state === 'expired') await signedInAgain()
  if (token && token.endsAt - EARLY_MS > Date.now()) return token.value
  const found = await renew()
  if (found) return found
  expire()
  await signedInAgain()
  return token?.value ?? null
}

/** The server has refused the token in use: another one, or null where there is none to be had. */
export async function replaceToken(refused: string): Promise<string | null> {
  if (token?.value === refused) token = null
  return accessToken()
}

/** Sign out here and in all tabs; the server ends the session. */
export async function signOut(): Promise<void> {
  const headers = { ...IN_COOKIE, authorization: `Bearer ${token?.value ?? ''}` }
  try {
    await fetch(`${AUTH}/sign-out`, { method: 'POST', headers })
  } finally {
    // Also when the server cannot be reached: who signs out wants to be out here at least.
    leave()
    tell({ kind: 'signed-out' })
  }
}

/** Give up the page of a session that has ended, and begin anew. */
export function abandon(): void {
  leave()
  location.assign('/sign-in')
}

function renew(): Promise<string | null> {
  asking ??= oneTabAtATime(async () => {
    // Another tab may have got one while this one waited for its turn.
    if (token && token.endsAt - EARLY_MS > Date.now()) return token.value
    const response = await fetch(`${AUTH}/refresh`, { method: 'POST', headers: IN_COOKIE })
    if (response.ok) {
      openSession(((await response.json()) as { data: Answer }).data)
      return token?.value ?? null
    }
    if (response.status === 401) {
      localStorage.removeItem(HINT)
      return null
    }
    throw await problemOf(response)
  }).finally(() => {
    asking = null
  })
  return asking
}

interface Answer {
  access_token: string
  expires_in: number
}

function oneTabAtATime<T>(work: () => Promise<T>): Promise<T> {
  // Without HTTPS browsers have no locks; there, two tabs at once may cost one of them its session.
  return navigator.locks ? (navigator.locks.request('dotmac.refresh', work) as Promise<T>) : work()
}

function take(answer: Answer): void {
  token = { value: answer.access_token, endsAt: Date.now() + answer.expires_in * 1000 }
  localStorage.setItem(HINT, '1')
  setState('signed-in')
}

function leave(): void {
  token = null
  localStorage.removeItem(HINT)
  setState('signed-out')
}

function expire(): void {
  if (useSession.getState().state === 'signed-in') setState('expired')
}

function setState(state: SessionState): void {
  useSession.setState({ state })
  if (state === 'signed-in' || state === 'signed-out') {
    for (const go of waiting.splice(0)) go()
  }
}

function signedInAgain(): Promise<void> {
  if (useSession.getState().state !== 'expired') return Promise.resolve()
  return new Promise((resolve) => {
    waiting.push(resolve)
  })
}

function tell(news: News): void {
  tabs.postMessage(news)
}

tabs.onmessage = ({ data }: MessageEvent<News>) => {
  if (data.kind === 'signed-out') {
    leave()
    return
  }
  token = data.token
  setState('signed-in')
}
