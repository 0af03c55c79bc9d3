import { useQuery } from '@tanstack/react-query'
import { FileText, Repeat } from 'lucide-react'
import { Badge, Card, DataTable, Day, EmptyState, Money, type Column } from '@/design-system'
import type { Schema } from '@/lib/api'
import { heldRows, usePagedRows } from '@/lib/rows'
import { listInvoices, subscriptionsQuery } from './queries'
import { INVOICE_STATES, spoken, SUBSCRIPTION_STATES, words } from './words'

const subscriptionColumns: readonly Column<Schema<'SubscriptionOut'>>[] = [
  {
    id: 'number',
    header: words.number,
    width: 'minmax(8rem, 1fr)',
    phone: 'title',
    cell: (row) => <span className="font-medium tabular-nums">{row.number}</span>,
  },
  {
    id: 'status',
    header: words.state,
    width: '8rem',
    phone: 'side',
    cell: ({ status }) => (
      <Badge tone={SUBSCRIPTION_STATES[status].tone} dot>
        {SUBSCRIPTION_STATES[status].label}
      </Badge>
    ),
  },
  {
    id: 'cycle',
    header: words.cycle,
    width: '8rem',
    phone: 'line',
    cell: (row) => spoken(row.cycle),
  },
  { id: 'start', header: words.since, width: '9rem', cell: (row) => <Day on={row.start_on} /> },
  {
    id: 'next',
    header: words.nextBill,
    width: '9rem',
    cell: (row) => <Day on={row.next_bill_on} />,
  },
]

export function SubscriptionsTab({ customerId }: { customerId: string }) {
  const query = useQuery(subscriptionsQuery(customerId))
  return (
    <Card flush>
      <DataTable
        isEmbedded
        name="customer.subscriptions"
        label={words.subscriptions}
        columns={subscriptionColumns}
        rows={heldRows(query.data, query.error, () => void query.refetch())}
        rowId={(row) => row.id}
        empty={<EmptyState icon={<Repeat />} title={words.noSubscriptions} />}
      />
    </Card>
  )
}

const invoiceColumns: readonly Column<Schema<'InvoiceOut'>>[] = [
  {
    id: 'number',
    header: words.number,
    width: 'minmax(8rem, 1fr)',
    phone: 'title',
    cell: (row) => <span className="font-medium tabular-nums">{row.number}</span>,
  },
  {
    id: 'status',
    header: words.state,
    width: '8rem',
    phone: 'line',
    cell: ({ status }) => (
      <Badge tone={INVOICE_STATES[status].tone} dot>
        {INVOICE_STATES[status].label}
      </Badge>
    ),
  },
  {
    id: 'issued',
    header: words.issuedOn,
    width: '9rem',
    cell: (row) => <Day on={row.issued_on} />,
  },
  { id: 'due-on', header: words.dueOn, width: '9rem', cell: (row) => <Day on={row.due_on} /> },
  {
    id: 'total',
    header: words.total,
    width: '8rem',
    align: 'end',
    phone: 'side',
    cell: (row) => <Money amount={row.total} currency={row.currency} />,
  },
  {
    id: 'due',
    header: words.balance,
    width: '8rem',
    align: 'end',
    cell: (row) => <Money amount={row.amount_due} currency={row.currency} quietZero />,
  },
]

export function InvoicesTab({ customerId }: { customerId: string }) {
  const rows = usePagedRows(['invoices', 'of', customerId], (page) =>
    listInvoices(customerId, page),
  )
  return (
    <Card flush>
      <DataTable
        isEmbedded
        name="customer.invoices"
        label={words.invoices}
        columns={invoiceColumns}
        rows={rows}
        rowId={(row) => row.id}
        empty={
          <EmptyState icon={<FileText />} title={words.noInvoices}>
            {words.noInvoicesHint}
          </EmptyState>
        }
      />
    </Card>
  )
}
