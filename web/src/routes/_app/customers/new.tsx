import { createFileRoute } from '@tanstack/react-router'
import { CreateCustomerPage } from '@/features/customers/CreateCustomerPage'
import { words } from '@/features/customers/words'

export const Route = createFileRoute('/_app/customers/new')({
  loader: () => ({ crumb: words.create }),
  component: CreateCustomerPage,
})
