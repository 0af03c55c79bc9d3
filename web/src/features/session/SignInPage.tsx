import { Link, useRouter } from '@tanstack/react-router'
import { DoorPage } from '@/design-system'
import { SignInForm } from './SignInForm'
import { words } from './words'

/** `goTo` is where somebody wanted to go before they were asked to sign in. */
export function SignInPage({ goTo }: { goTo: string | undefined }) {
  const router = useRouter()
  return (
    <DoorPage
      title={words.welcome}
      footer={
        <Link to="/forgotten-password" className="hover:text-text">
          {words.forgotten}
        </Link>
      }
    >
      <SignInForm onSignedIn={() => router.history.push(isOurs(goTo) ? goTo : '/')} />
    </DoorPage>
  )
}

// An address with a host would lead people who trust our sign-in to somebody else's page.
const isOurs = (address: string | undefined): address is string =>
  address !== undefined && /^\/(?![/\\])/.test(address)
