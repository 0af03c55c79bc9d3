import { createFileRoute } from '@tanstack/react-router'
import { NotesTab } from '@/features/customers/PeopleTabs'

export const Route = createFileRoute('/_app/customers/$customerId/_tabs/notes')({
  component: function Tab() {
    return <NotesTab customerId={Route.useParams().customerId} />
  },
})
