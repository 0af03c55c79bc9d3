import { createFileRoute, redirect } from '@tanstack/react-router'
import { StartPage } from '@/features/frame/StartPage'
import { firstPlace } from '@/features/frame/start'

export const Route = createFileRoute('/_app/')({
  beforeLoad: async () => {
    const place = await firstPlace()
    if (place) throw redirect({ to: place, replace: true })
  },
  component: StartPage,
})
