import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  Badge,
  Card,
  Day,
  Facts,
  Instant,
  Money,
  Nothing,
  Skeleton,
  Stat,
  Stats,
} from '@/design-system'
import { useMeets, useTenant } from '@/lib/me'
import {
  customerQuery,
  invoiceTotalsQuery,
  readTimeline,
  subscriptionsQuery,
  type Customer,
} from './queries'
import { TimelineList } from './TimelineTab'
import { KINDS, words } from './words'

const LATELY = 6

export function OverviewTab({ customerId }: { customerId: string }) {
  const { data: customer } = useSuspenseQuery(customerQuery(customerId))
  const seesMoney = useMeets()({ permissions: ['invoices:read', 'subscriptions:read'] })
  const lately = useQuery({
    queryKey: ['customers', 'timeline', customerId, 'lately'],
    queryFn: () => readTimeline(customerId, undefined, LATELY),
  })
  return (
    <div className="flex flex-col gap-4">
      {seesMoney && <MoneyStats customer={customer} />}
      <div className="grid items-start gap-4 lg:grid-cols-[1fr_20rem]">
        <Card
          title={words.recent}
          action={
            <Link
              to="/customers/$customerId/timeline"
              params={{ customerId }}
              className="text-xs text-quiet hover:text-text"
            >
              {words.all}
            </Link>
          }
        >
          <TimelineList entries={lately.data?.data} />
        </Card>
        <AboutCard customer={customer} />
      </div>
    </div>
  )
}

function MoneyStats({ customer }: { customer: Customer }) {
  const tenant = useTenant()
  const { data: totals } = useQuery(invoiceTotalsQuery(customer.id))
  const { data: overdue } = useQuery(invoiceTotalsQuery(customer.id, 'overdue'))
  const { data: subscriptions } = useQuery(subscriptionsQuery(customer.id))
  const currency = customer.currency ?? tenant?.currency
  const inCurrency = (found: typeof totals) =>
    found?.find((one) => one.currency === currency)?.amount_due ?? 0
  const active = subscriptions?.filter(({ status }) => status === 'active' || status === 'trialing')
  const next = active?.flatMap(({ next_bill_on }) => next_bill_on ?? []).sort()[0]
  const late = Number(inCurrency(overdue))
  return (
    <Stats>
      <Stat
        label={words.balance}
        value={
          totals && currency ? (
            <Money amount={inCurrency(totals)} currency={currency} />
          ) : (
            <Skeleton className="h-5 w-24" />
          )
        }
      />
      <Stat
        label={words.overdue}
        value={
          overdue && currency ? (
            <Money
              amount={late}
              currency={currency}
              className={late > 0 ? 'text-bad' : 'text-faint'}
            />
          ) : (
            <Skeleton className="h-5 w-24" />
          )
        }
      />
      <Stat
        label={words.nextBill}
        value={
          subscriptions ? next ? <Day on={next} /> : <Nothing /> : <Skeleton className="h-5 w-24" />
        }
      />
      <Stat
        label={words.activeSubscriptions}
        value={active ? active.length : <Skeleton className="h-5 w-8" />}
      />
    </Stats>
  )
}

function AboutCard({ customer }: { customer: Customer }) {
  const { address } = customer
  const place = address && [
    address.line1,
    address.line2,
    [address.postal_code, address.city].filter(Boolean).join(' '),
    address.region,
    address.country,
  ]
  return (
    <Card title={words.about}>
      <Facts
        facts={[
          [words.kind, KINDS[customer.kind]],
          [
            words.email,
            customer.email && (
              <a className="hover:underline" href={`mailto:${customer.email}`}>
                {customer.email}
              </a>
            ),
          ],
          [
            words.phone,
            customer.phone && (
              <a className="hover:underline" href={`tel:${customer.phone}`}>
                {customer.phone}
              </a>
            ),
          ],
          [
            words.address,
            place && (
              <span className="whitespace-pre-line">{place.filter(Boolean).join('\n')}</span>
            ),
          ],
          [words.taxId, customer.tax_id],
          [words.language, customer.language],
          [words.externalId, customer.external_id],
          [words.createdAt, <Instant key="created" at={customer.created_at} />],
          [
            words.tags,
            customer.tags.length > 0 && (
              <span className="flex flex-wrap gap-1">
                {customer.tags.map((tag) => (
                  <Badge key={tag}>{tag}</Badge>
                ))}
              </span>
            ),
          ],
          [
            words.notes,
            customer.notes && <span className="whitespace-pre-line">{customer.notes}</span>,
          ],
        ]}
      />
    </Card>
  )
}
