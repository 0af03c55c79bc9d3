import { Link, useNavigate } from '@tanstack/react-router'
import { Plus, Tag, Users } from 'lucide-react'
import { useState } from 'react'
import { Button, DataTable, EmptyState, ListPage } from '@/design-system'
import { download } from '@/lib/download'
import { useListView } from '@/lib/list-view'
import { useMay } from '@/lib/me'
import { usePagedRows } from '@/lib/rows'
import { customerColumns, customerFilters } from './columns'
import { listCustomers, listQuery } from './queries'
import { TagDialog } from './TagDialog'
import { words } from './words'

export function CustomersPage() {
  const [view, setView] = useListView()
  const navigate = useNavigate()
  const mayWrite = useMay('customers:write')
  const mayBulk = useMay('customers:bulk_edit')
  const mayExport = useMay('customers:export')
  const [tagging, setTagging] = useState<{ ids: string[]; clear: () => void } | null>(null)
  const query = listQuery(view)
  const rows = usePagedRows(['customers', 'list', query], (page) =>
    listCustomers({ ...query, ...page }),
  )
  const create = mayWrite && (
    <Button asChild tone="primary">
      <Link to="/customers/new">
        <Plus /> {words.create}
      </Link>
    </Button>
  )
  return (
    <ListPage title={words.customers} actions={create}>
      <DataTable
        name="customers"
        label={words.customers}
        columns={customerColumns}
        rows={rows}
        rowId={(customer) => customer.id}
        onOpen={({ id }) =>
          void navigate({ to: '/customers/$customerId', params: { customerId: id } })
        }
        view={view}
        onView={setView}
        search={words.search}
        filters={customerFilters}
        bulk={
          mayBulk
            ? [
                {
                  label: words.addTag,
                  icon: <Tag />,
                  run: (ids, clear) => setTagging({ ids, clear }),
                },
              ]
            : []
        }
        onExport={
          mayExport
            ? () =>
                download(
                  `/api/v1/customers/export?${new URLSearchParams(query as Record<string, string>)}`,
                  'customers.csv',
                )
            : undefined
        }
        empty={
          <EmptyState icon={<Users />} title={words.none} action={create}>
            {words.noneHint}
          </EmptyState>
        }
      />
      {tagging && (
        <TagDialog ids={tagging.ids} onClose={() => setTagging(null)} onDone={tagging.clear} />
      )}
    </ListPage>
  )
}
