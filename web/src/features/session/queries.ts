import { answer, door } from '@/lib/api'
import { Problem } from '@/lib/problem'
import { IN_COOKIE, openSession } from '@/lib/session'

const DEVICE = 'dotmac.device' // spares the second step; of no use without the password

export interface Credentials {
  email: string
  password: string
  tenant: string | null
}

/** Sign in. Resolves to the challenge for the second step where one is asked for, else to null. */
export async function signIn(credentials: Credentials): Promise<string | null> {
  const body = { ...credentials, device_token: localStorage.getItem(DEVICE) }
  try {
    const call = door.POST('/api/v1/auth/sign-in', { body, headers: IN_COOKIE })
    openSession((await answer(call)).data)
    return null
  } catch (error) {
    const challenge = error instanceof Problem && error.details.challenge
    if (typeof challenge === 'string') return challenge
    throw error
  }
}

/** The second step. */
export async function showFactor(
  challenge: string,
  code: string,
  remember: boolean,
): Promise<void> {
  const body = { challenge, code, remember_device: remember }
  const call = door.POST('/api/v1/auth/second-factor', { body, headers: IN_COOKIE })
  const { data } = await answer(call)
  if (data.device_token) localStorage.setItem(DEVICE, data.device_token)
  openSession(data)
}

export const askForPassword = (email: string, tenant: string | null) =>
  answer(door.POST('/api/v1/auth/password/forgotten', { body: { email, tenant } }))

export const resetPassword = (token: string, password: string) =>
  answer(door.POST('/api/v1/auth/password/reset', { body: { token, password } }))

export const confirmEmail = (token: string) =>
  answer(door.POST('/api/v1/auth/email/confirm', { body: { token } }))

export const undoEmail = (token: string) =>
  answer(door.POST('/api/v1/auth/email/undo', { body: { token } }))

/** Accept an invitation and be signed in. */
export async function acceptInvitation(
  token: string,
  password: string,
  name: string | null,
): Promise<void> {
  const body = { token, password, ...(name ? { name } : {}) }
  const call = door.POST('/api/v1/auth/invitations/accept', { body, headers: IN_COOKIE })
  openSession((await answer(call)).data)
}
