import { useState } from 'react'
import { CheckField, Form, TextField, useApiForm } from '@/design-system'
import { SecondFactorIn, SignInIn } from '@/api/rules'
import { Problem } from '@/lib/problem'
import { showFactor, signIn } from './queries'
import { words } from './words'

interface SignInFormProps {
  /** Who signs in is known: the same person again, into the same organisation. */
  known?: { email: string; tenant: string | null }
  onSignedIn: () => void
}

/** Password, and where it is asked for the second factor. Also in the dialog over a page. */
export function SignInForm({ known, onSignedIn }: SignInFormProps) {
  const [challenge, setChallenge] = useState<string | null>(null)
  if (challenge)
    return (
      <SecondStep challenge={challenge} onBack={() => setChallenge(null)} onSignedIn={onSignedIn} />
    )
  return <FirstStep known={known} onChallenge={setChallenge} onSignedIn={onSignedIn} />
}

interface FirstStepProps extends SignInFormProps {
  onChallenge: (challenge: string) => void
}

function FirstStep({ known, onChallenge, onSignedIn }: FirstStepProps) {
  const [asksTenant, setAsksTenant] = useState(false)
  const form = useApiForm({
    rules: SignInIn,
    initial: { email: known?.email ?? '', password: '', tenant: known?.tenant ?? '' },
    send: async (values) => {
      try {
        const found = await signIn({ ...values, tenant: values.tenant || null })
        if (found) onChallenge(found)
        else onSignedIn()
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'TENANT_REQUIRED') throw error
        setAsksTenant(true)
      }
    },
  })
  return (
    <Form isNarrow of={form} action={words.signIn}>
      <TextField
        of={form}
        name="email"
        label={words.email}
        type="email"
        autoComplete="username"
        autoFocus={!known}
        readOnly={!!known}
      />
      <TextField
        of={form}
        name="password"
        label={words.password}
        type="password"
        autoComplete="current-password"
        autoFocus={!!known}
      />
      {asksTenant && (
        <TextField of={form} name="tenant" label={words.tenant} hint={words.tenantHint} autoFocus />
      )}
    </Form>
  )
}

interface SecondStepProps {
  challenge: string
  onBack: () => void
  onSignedIn: () => void
}

function SecondStep({ challenge, onBack, onSignedIn }: SecondStepProps) {
  const form = useApiForm({
    rules: { code: { ...SecondFactorIn.code, required: true } },
    initial: { code: '', remember: false },
    send: async ({ code, remember }) => {
      await showFactor(challenge, code, remember)
      onSignedIn()
    },
  })
  return (
    <Form isNarrow of={form} action={words.confirm} onCancel={onBack}>
      <TextField
        of={form}
        name="code"
        label={words.code}
        hint={words.codeHint}
        autoComplete="one-time-code"
        inputMode="numeric"
        autoFocus
      />
      <CheckField of={form} name="remember" label={words.remember} />
    </Form>
  )
}
