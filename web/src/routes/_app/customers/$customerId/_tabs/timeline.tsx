import { createFileRoute } from '@tanstack/react-router'
import { TimelineTab } from '@/features/customers/TimelineTab'

export const Route = createFileRoute('/_app/customers/$customerId/_tabs/timeline')({
  component: function Tab() {
    return <TimelineTab customerId={Route.useParams().customerId} />
  },
})
