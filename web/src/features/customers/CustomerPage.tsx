import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Link, Outlet } from '@tanstack/react-router'
import { ArrowRightLeft, Ellipsis, Pencil } from 'lucide-react'
import { useState } from 'react'
import {
  Badge,
  Button,
  DetailPage,
  IconButton,
  Menu,
  MenuItem,
  TabLinks,
  tabLink,
} from '@/design-system'
import { useMay, useMeets } from '@/lib/me'
import { MoveDialog } from './MoveDialog'
import { customerQuery, movesQuery } from './queries'
import { STATES, words } from './words'

/** A customer: who it is, with a part below for each thing one comes for. */
export function CustomerPage({ customerId }: { customerId: string }) {
  const { data: customer } = useSuspenseQuery(customerQuery(customerId))
  const mayWrite = useMay('customers:write')
  const state = STATES[customer.state]
  return (
    <DetailPage
      title={customer.name}
      aside={
        <>
          <Badge tone={state.tone} dot>
            {state.label}
          </Badge>
          <span className="text-sm text-quiet tabular-nums">{customer.number}</span>
        </>
      }
      actions={mayWrite && <Actions customerId={customerId} />}
      tabs={<CustomerTabs customerId={customerId} />}
    >
      {customer.merged_into_id && (
        <p className="mb-4 flex items-center gap-2 rounded-md bg-info-soft px-3 py-2 text-sm text-info">
          {words.merged}
          <Link
            className="underline"
            to="/customers/$customerId"
            params={{ customerId: customer.merged_into_id }}
          >
            {words.goOn}
          </Link>
        </p>
      )}
      <Outlet />
    </DetailPage>
  )
}

function Actions({ customerId }: { customerId: string }) {
  const [isMoving, setMoving] = useState(false)
  const { data: moves } = useQuery(movesQuery(customerId))
  return (
    <>
      <Button asChild>
        <Link to="/customers/$customerId/edit" params={{ customerId }}>
          <Pencil /> {words.edit}
        </Link>
      </Button>
      <Menu trigger={<IconButton tone="plain" label="More" icon={<Ellipsis />} />}>
        <MenuItem disabled={!moves?.length} onSelect={() => setMoving(true)}>
          <ArrowRightLeft /> {words.move}
        </MenuItem>
      </Menu>
      {isMoving && moves && (
        <MoveDialog customerId={customerId} moves={moves} onClose={() => setMoving(false)} />
      )}
    </>
  )
}

const TABS = [
  { to: '/customers/$customerId', label: words.overview, permissions: [] },
  {
    to: '/customers/$customerId/subscriptions',
    label: words.subscriptions,
    permissions: ['subscriptions:read'],
  },
  { to: '/customers/$customerId/invoices', label: words.invoices, permissions: ['invoices:read'] },
  { to: '/customers/$customerId/contacts', label: words.contacts, permissions: [] },
  { to: '/customers/$customerId/notes', label: words.notes, permissions: ['notes:read'] },
  { to: '/customers/$customerId/timeline', label: words.timeline, permissions: [] },
] as const

function CustomerTabs({ customerId }: { customerId: string }) {
  const meets = useMeets()
  return (
    <TabLinks label={words.about}>
      {TABS.filter(({ permissions }) => meets({ permissions })).map(({ to, label }) => (
        <Link
          key={to}
          to={to}
          params={{ customerId }}
          activeOptions={{ exact: true }}
          className={tabLink}
        >
          {label}
        </Link>
      ))}
    </TabLinks>
  )
}
