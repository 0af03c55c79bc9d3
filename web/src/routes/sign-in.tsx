import { createFileRoute, redirect } from '@tanstack/react-router'
import { SignInPage } from '@/features/session/SignInPage'
import { useSession } from '@/lib/session'

export const Route = createFileRoute('/sign-in')({
  validateSearch: (search: Record<string, unknown>): { goTo?: string } =>
    typeof search.goTo === 'string' ? { goTo: search.goTo } : {},
  beforeLoad: () => {
    if (useSession.getState().state === 'signed-in') throw redirect({ to: '/' })
  },
  component: function SignIn() {
    return <SignInPage goTo={Route.useSearch().goTo} />
  },
})
