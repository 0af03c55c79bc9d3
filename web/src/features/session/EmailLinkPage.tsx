import { Link } from '@tanstack/react-router'
import { useMutation } from '@tanstack/react-query'
import { Button, DoorPage, ProblemNote } from '@/design-system'
import { asProblem } from '@/lib/problem'
import { useLinkToken } from './link-token'
import { confirmEmail, undoEmail } from './queries'
import { NoTokenPage } from './PasswordPages'
import { words } from './words'

/** Links of messages about another address. A click decides: mail programs open links by themselves. */
export function EmailLinkPage({ undo }: { undo?: boolean }) {
  const token = useLinkToken()
  const act = useMutation({ mutationFn: () => (undo ? undoEmail(token) : confirmEmail(token)) })
  const title = undo ? words.undoTitle : words.confirmTitle
  if (!token) return <NoTokenPage title={title} />
  if (act.isSuccess) {
    return (
      <DoorPage title={title} subtitle={undo ? words.emailUndone : words.emailConfirmed}>
        <Button tone="primary" asChild>
          <Link to={undo ? '/forgotten-password' : '/sign-in'}>
            {undo ? words.forgottenTitle : words.signIn}
          </Link>
        </Button>
      </DoorPage>
    )
  }
  return (
    <DoorPage title={title} subtitle={undo ? words.undoHint : words.confirmHint}>
      <div className="flex flex-col gap-3">
        {act.error && <ProblemNote problem={asProblem(act.error)} />}
        <Button tone="primary" busy={act.isPending} onClick={() => act.mutate()}>
          {undo ? words.undo : words.confirmEmail}
        </Button>
      </div>
    </DoorPage>
  )
}
