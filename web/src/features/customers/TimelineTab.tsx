import { useInfiniteQuery } from '@tanstack/react-query'
import {
  Activity,
  CircleDollarSign,
  FileText,
  MessageSquare,
  Repeat,
  type LucideIcon,
} from 'lucide-react'
import { Button, Card, EmptyState, Instant, ProblemPanel, Skeleton } from '@/design-system'
import type { Schema } from '@/lib/api'
import { asProblem } from '@/lib/problem'
import { readTimeline } from './queries'
import { words } from './words'

const ICONS: Record<string, LucideIcon> = {
  payment: CircleDollarSign,
  invoice: FileText,
  subscription: Repeat,
  note: MessageSquare,
}

/** All that happened to the customer, in every part of the platform, the latest first. */
export function TimelineTab({ customerId }: { customerId: string }) {
  const query = useInfiniteQuery({
    queryKey: ['customers', 'timeline', customerId, 'all'],
    queryFn: ({ pageParam }) => readTimeline(customerId, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.meta.next_cursor ?? undefined,
  })
  if (query.error)
    return <ProblemPanel problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
  return (
    <Card>
      <TimelineList entries={query.data?.pages.flatMap((page) => page.data)} />
      {query.hasNextPage && (
        <Button
          className="mt-3"
          busy={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {words.earlier}
        </Button>
      )}
    </Card>
  )
}

/** Entries with a line that joins them; their shapes while they are on their way. */
export function TimelineList({
  entries,
}: {
  entries: readonly Schema<'TimelineEntryOut'>[] | undefined
}) {
  if (entries?.length === 0) return <EmptyState icon={<Activity />} title={words.noTimeline} />
  const shown = entries ?? Array.from({ length: 4 }, () => null)
  return (
    <ol className="flex flex-col">
      {shown.map((entry, index) => {
        const Icon = ICONS[entry?.kind ?? ''] ?? Activity
        return (
          <li key={entry?.id ?? index} className="group flex gap-3 text-sm">
            <span className="flex flex-col items-center">
              <span className="grid size-7 shrink-0 place-items-center rounded-full border bg-panel text-faint">
                <Icon aria-hidden className="size-3.5" />
              </span>
              <span className="w-px grow bg-line group-last:hidden" />
            </span>
            {entry ? (
              <div className="min-w-0 grow pt-1 pb-4 group-last:pb-0">
                <p>{entry.title}</p>
                <Instant at={entry.at} relative className="text-xs text-quiet" />
              </div>
            ) : (
              <div className="grow pt-2 pb-6">
                <Skeleton className="w-2/3" />
              </div>
            )}
          </li>
        )
      })}
    </ol>
  )
}
