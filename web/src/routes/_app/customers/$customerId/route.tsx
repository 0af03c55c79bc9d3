import { createFileRoute, Outlet } from '@tanstack/react-router'
import { customerQuery } from '@/features/customers/queries'
import { queryClient } from '@/lib/query'

export const Route = createFileRoute('/_app/customers/$customerId')({
  loader: async ({ params }) => {
    const { name } = await queryClient.ensureQueryData(customerQuery(params.customerId))
    return { crumb: name }
  },
  component: Outlet,
})
