import { createFileRoute } from '@tanstack/react-router'
import { ContactsTab } from '@/features/customers/PeopleTabs'

export const Route = createFileRoute('/_app/customers/$customerId/_tabs/contacts')({
  component: function Tab() {
    return <ContactsTab customerId={Route.useParams().customerId} />
  },
})
