import { createFileRoute } from '@tanstack/react-router'
import { InvoicesTab } from '@/features/customers/MoneyTabs'

export const Route = createFileRoute('/_app/customers/$customerId/_tabs/invoices')({
  component: function Tab() {
    return <InvoicesTab customerId={Route.useParams().customerId} />
  },
})
