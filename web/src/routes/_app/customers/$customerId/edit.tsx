import { createFileRoute } from '@tanstack/react-router'
import { EditCustomerPage } from '@/features/customers/EditCustomerPage'
import { words } from '@/features/customers/words'

export const Route = createFileRoute('/_app/customers/$customerId/edit')({
  loader: () => ({ crumb: words.edit }),
  component: function Edit() {
    return <EditCustomerPage customerId={Route.useParams().customerId} />
  },
})
