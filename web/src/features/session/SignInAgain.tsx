import { useQuery } from '@tanstack/react-query'
import { Button, Dialog } from '@/design-system'
import { accountQuery, tenantQuery } from '@/lib/me'
import { abandon, useSession } from '@/lib/session'
import { SignInForm } from './SignInForm'
import { words } from './words'

/** Over the page when the session has ended: the page and what was typed into it stay. */
export function SignInAgain() {
  const isExpired = useSession((session) => session.state === 'expired')
  const { data: account } = useQuery({ ...accountQuery, enabled: false })
  const { data: tenant } = useQuery({ ...tenantQuery, enabled: false })
  return (
    <Dialog
      open={isExpired}
      onOpenChange={() => {}}
      required
      title={words.expiredTitle}
      description={words.expiredHint}
    >
      <SignInForm
        known={account && { email: account.email, tenant: tenant?.slug ?? null }}
        onSignedIn={() => {}}
      />
      <div className="mt-3 border-t pt-3">
        <Button tone="quiet" size="small" onClick={abandon}>
          {words.someoneElse}
        </Button>
      </div>
    </Dialog>
  )
}
