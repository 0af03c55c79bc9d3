import { createFileRoute, Outlet } from '@tanstack/react-router'
import { words } from '@/features/customers/words'

export const Route = createFileRoute('/_app/customers')({
  loader: () => ({ crumb: words.customers }),
  component: Outlet,
})
