/**
 * The API, typed by its OpenAPI document. Every call is signed, sends an `Idempotency-Key` where it
 * makes something, and throws a `Problem` when it is refused:
 *
 *     const { data: customer } = await answer(
 *       api.GET('/api/v1/customers/{customer_id}', { params: { path: { customer_id: id } } }),
 *     )
 */
import createClient from 'openapi-fetch'
import type { components, paths } from '@/api/schema'
import { newKey } from './new-key'
import { asProblem, problemOf } from './problem'
import { accessToken, replaceToken } from './session'

/** A shape of the API by its name: `Schema<'CustomerOut'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name]

/** The header with which a change says which version it starts from. */
export const ifMatch = (version: number) => ({ 'If-Match': `"${version}"` })

/** The header with which a repeated submit is recognised. One key for each thing to be made. */
export const idempotent = (key: string) => ({ 'Idempotency-Key': key })

// Refusals of the token itself; other 401s are answers, such as a wrong password.
const OUTDATED = new Set(['ACCESS_TOKEN_EXPIRED', 'INVALID_ACCESS_TOKEN', 'SESSION_ENDED'])
const HTTP_UNAUTHORIZED = 401

/** Send `request` as the signed-in person; a token that ran out meanwhile is replaced once. */
export async function send(request: Request): Promise<Response> {
  if (request.method === 'POST' && !request.headers.has('Idempotency-Key')) {
    request.headers.set('Idempotency-Key', newKey())
  }
  try {
    const token = await accessToken()
    const response = await fetch(signed(request.clone(), token))
    if (response.ok) return response
    const problem = await problemOf(response)
    const isOutdated = problem.status === HTTP_UNAUTHORIZED && OUTDATED.has(problem.code)
    const fresh = token && isOutdated ? await replaceToken(token) : null
    if (!fresh) throw problem
    const repeated = await fetch(signed(request, fresh))
    if (repeated.ok) return repeated
    throw await problemOf(repeated)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw asProblem(error)
  }
}

function signed(request: Request, token: string | null): Request {
  if (token) request.headers.set('Authorization', `Bearer ${token}`)
  return request
}

export const api = createClient<paths>({ baseUrl: location.origin, fetch: send })

/** The same API for somebody who is not signed in (yet). */
export const door = createClient<paths>({ baseUrl: location.origin, fetch: sendUnsigned })

async function sendUnsigned(request: Request): Promise<Response> {
  try {
    const response = await fetch(request)
    if (response.ok) return response
    throw await problemOf(response)
  } catch (error) {
    throw asProblem(error)
  }
}

/** What a call has answered, envelope and all. Refusals have been thrown before. */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T
}
