import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { AcceptIn, ForgottenIn, ResetIn } from '@/api/rules'
import { Button, done, DoorPage, Form, TextField, useApiForm } from '@/design-system'
import { acceptInvitation, askForPassword, resetPassword } from './queries'
import { words } from './words'
import { useLinkToken } from './link-token'

const backLink = (
  <Link to="/sign-in" className="hover:text-text">
    {words.back}
  </Link>
)

export function ForgottenPasswordPage() {
  const [isSent, setSent] = useState(false)
  const form = useApiForm({
    rules: ForgottenIn,
    initial: { email: '', tenant: '' },
    send: async ({ email, tenant }) => {
      await askForPassword(email, tenant || null)
      setSent(true)
    },
  })
  if (isSent)
    return (
      <DoorPage title={words.sentTitle} subtitle={words.sent} footer={backLink}>
        {null}
      </DoorPage>
    )
  return (
    <DoorPage title={words.forgottenTitle} subtitle={words.forgottenHint} footer={backLink}>
      <Form isNarrow of={form} action={words.sendLink}>
        <TextField
          of={form}
          name="email"
          label={words.email}
          type="email"
          autoComplete="username"
          autoFocus
        />
        <TextField of={form} name="tenant" label={words.tenant} hint={words.tenantHint} optional />
      </Form>
    </DoorPage>
  )
}

export function ResetPasswordPage() {
  const token = useLinkToken()
  const navigate = useNavigate()
  const form = useApiForm({
    rules: { password: { ...ResetIn.password, required: true } },
    initial: { password: '' },
    send: async ({ password }) => {
      await resetPassword(token, password)
      done(words.resetDone)
      await navigate({ to: '/sign-in' })
    },
  })
  if (!token) return <NoTokenPage title={words.resetTitle} />
  return (
    <DoorPage title={words.resetTitle} footer={backLink}>
      <Form isNarrow of={form} action={words.reset}>
        <TextField
          of={form}
          name="password"
          label={words.newPassword}
          hint={words.passwordHint}
          type="password"
          autoComplete="new-password"
          autoFocus
        />
      </Form>
    </DoorPage>
  )
}

export function AcceptInvitationPage() {
  const token = useLinkToken()
  const navigate = useNavigate()
  const form = useApiForm({
    rules: { name: AcceptIn.name, password: { ...AcceptIn.password, required: true } },
    initial: { name: '', password: '' },
    send: async ({ name, password }) => {
      await acceptInvitation(token, password, name || null)
      await navigate({ to: '/' })
    },
  })
  if (!token) return <NoTokenPage title={words.acceptTitle} />
  return (
    <DoorPage title={words.acceptTitle} subtitle={words.acceptHint}>
      <Form isNarrow of={form} action={words.accept}>
        <TextField of={form} name="name" label={words.yourName} autoComplete="name" optional />
        <TextField
          of={form}
          name="password"
          label={words.newPassword}
          hint={words.passwordHint}
          type="password"
          autoComplete="new-password"
        />
      </Form>
    </DoorPage>
  )
}

export function NoTokenPage({ title }: { title: ReactNode & string }) {
  return (
    <DoorPage title={title} subtitle={words.noToken}>
      <Button asChild>
        <Link to="/sign-in">{words.back}</Link>
      </Button>
    </DoorPage>
  )
}
