import { Link } from '@tanstack/react-router'
import { Badge, Instant, Nothing, type Column, type Filter } from '@/design-system'
import type { CustomerSummary } from './queries'
import { choicesOf, KINDS, STATES, words } from './words'

export const customerColumns: readonly Column<CustomerSummary>[] = [
  {
    id: 'name',
    header: words.name,
    sort: 'name',
    width: 'minmax(12rem, 1.4fr)',
    isFixed: true,
    phone: 'title',
    cell: ({ id, name }) => (
      <Link
        to="/customers/$customerId"
        params={{ customerId: id }}
        className="font-medium hover:underline"
      >
        {name}
      </Link>
    ),
    text: (row) => row.name,
  },
  {
    id: 'state',
    header: words.state,
    width: '7.5rem',
    phone: 'side',
    cell: ({ state }) => (
      <Badge tone={STATES[state].tone} dot>
        {STATES[state].label}
      </Badge>
    ),
    text: (row) => row.state,
  },
  {
    id: 'number',
    header: words.number,
    sort: 'number',
    width: '8rem',
    phone: 'line',
    cell: (row) => <span className="text-quiet tabular-nums">{row.number}</span>,
    text: (row) => row.number,
  },
  {
    id: 'email',
    header: words.email,
    width: 'minmax(15rem, 1.6fr)',
    cell: (row) => row.email ?? <Nothing />,
    text: (row) => row.email,
  },
  {
    id: 'phone',
    header: words.phone,
    width: '10rem',
    isExtra: true,
    cell: (row) => row.phone ?? <Nothing />,
    text: (row) => row.phone,
  },
  {
    id: 'kind',
    header: words.kind,
    width: '8rem',
    cell: (row) => KINDS[row.kind],
    text: (row) => row.kind,
  },
  {
    id: 'tags',
    header: words.tags,
    width: 'minmax(8rem, 1fr)',
    cell: ({ tags }) => (
      <span className="flex gap-1 overflow-hidden">
        {tags.map((tag) => (
          <Badge key={tag}>{tag}</Badge>
        ))}
      </span>
    ),
    text: (row) => row.tags.join(' '),
  },
  {
    id: 'external',
    header: words.externalId,
    width: '9rem',
    isExtra: true,
    cell: (row) => row.external_id ?? <Nothing />,
    text: (row) => row.external_id,
  },
  {
    id: 'created',
    header: words.createdAt,
    sort: 'created_at',
    width: '9rem',
    align: 'end',
    cell: (row) => <Instant at={row.created_at} relative className="text-quiet" />,
    text: (row) => row.created_at,
  },
]

export const customerFilters: readonly Filter[] = [
  { key: 'state', label: words.state, kind: 'choice', choices: choicesOf(STATES) },
  { key: 'kind', label: words.kind, kind: 'choice', choices: choicesOf(KINDS) },
  { key: 'tag', label: words.tag, kind: 'text' },
  { key: 'created_after', label: words.createdAfter, kind: 'day' },
]
