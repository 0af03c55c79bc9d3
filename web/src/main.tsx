import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { followAppearance } from '@/lib/appearance'
import { queryClient } from '@/lib/query'
import { startSession, useSession } from '@/lib/session'
import { router } from './router'
import './styles.css'

const Toasts = lazy(() =>
  import('@/design-system/molecules/toasts').then((part) => ({ default: part.Toasts })),
)

followAppearance()

// Whoever signs out, here or in another tab, leaves nothing behind and stands at the door again.
useSession.subscribe(({ state }, before) => {
  if (state !== 'signed-out' || before.state === 'starting') return
  queryClient.clear()
  void router.navigate({ to: '/sign-in' })
})

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element with the id "root".')

void startSession().then(() => {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Suspense>
          <Toasts />
        </Suspense>
      </QueryClientProvider>
    </StrictMode>,
  )
})
