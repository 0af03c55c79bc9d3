import { createFileRoute, redirect } from '@tanstack/react-router'
import { Frame } from '@/features/frame/Frame'
import { accountQuery, entitlementsQuery, principalQuery, tenantQuery } from '@/lib/me'
import { queryClient } from '@/lib/query'
import { useSession } from '@/lib/session'

// Everything below needs somebody who is signed in. Who they are is asked for at once, and waited
// for: no page is drawn for rights that are not known.
export const Route = createFileRoute('/_app')({
  beforeLoad: ({ location }) => {
    if (useSession.getState().state === 'signed-out') {
      throw redirect({
        to: '/sign-in',
        search: location.href === '/' ? {} : { goTo: location.href },
      })
    }
  },
  loader: async () => {
    void queryClient.prefetchQuery(accountQuery)
    void queryClient.prefetchQuery(tenantQuery)
    await Promise.all([
      queryClient.ensureQueryData(principalQuery),
      queryClient.ensureQueryData(entitlementsQuery),
    ])
  },
  component: Frame,
})
