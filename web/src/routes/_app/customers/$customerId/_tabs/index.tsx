import { createFileRoute } from '@tanstack/react-router'
import { OverviewTab } from '@/features/customers/OverviewTab'

export const Route = createFileRoute('/_app/customers/$customerId/_tabs/')({
  component: function Tab() {
    return <OverviewTab customerId={Route.useParams().customerId} />
  },
})
