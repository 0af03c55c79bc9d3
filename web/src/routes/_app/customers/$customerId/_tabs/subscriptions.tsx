import { createFileRoute } from '@tanstack/react-router'
import { SubscriptionsTab } from '@/features/customers/MoneyTabs'

export const Route = createFileRoute('/_app/customers/$customerId/_tabs/subscriptions')({
  component: function Tab() {
    return <SubscriptionsTab customerId={Route.useParams().customerId} />
  },
})
