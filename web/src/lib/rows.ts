/**
 * Rows of a list that are fetched as they come into sight. A table sees all `total` rows at once and
 * asks for what it shows; whether the API numbers its pages or hands out cursors is settled here.
 */
import {
  keepPreviousData,
  useInfiniteQuery,
  useQueries,
  useQueryClient,
} from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { asProblem, type Problem } from './problem'

export interface Rows<Row> {
  /** How many rows match; undefined until that is known. With cursors: how many are known so far. */
  total: number | undefined
  /** The row at a place from 0; undefined while it is on its way. */
  at: (index: number) => Row | undefined
  /** All rows that are here, in order. */
  loaded: readonly Row[]
  /** Tell which rows are in sight, the last one included. */
  see: (first: number, last: number) => void
  problem: Problem | null
  retry: () => void
  /** Whether what is shown answers an earlier question, while the answer to this one is on its way. */
  isOutdated: boolean
}

/** A page of a list as the API answers it. */
export interface Page<Row> {
  data: Row[]
  meta: { pagination: { page: number; per_page: number; total: number } }
}

export const ROWS_A_PAGE = 100

/**
 * Rows of a list with numbered pages.
 *
 *     const rows = usePagedRows(['customers', 'list', filters], (page) => listCustomers(filters, page))
 */
export function usePagedRows<Row>(
  key: readonly unknown[],
  read: (page: { page: number; per_page: number }) => Promise<Page<Row>>,
): Rows<Row> {
  const client = useQueryClient()
  const [seen, setSeen] = useState<readonly [number, number]>([1, 1])
  const pages = Array.from({ length: seen[1] - seen[0] + 1 }, (_, offset) => seen[0] + offset)
  const wanted = pages[0] === 1 ? pages : [1, ...pages] // the first one says how many there are
  const found = useQueries({
    queries: wanted.map((page) => ({
      queryKey: [...key, page],
      queryFn: () => read({ page, per_page: ROWS_A_PAGE }),
      placeholderData: page === 1 ? keepPreviousData : undefined,
    })),
  })
  const total = found[0]?.data?.meta.pagination.total
  const failed = found.find((query) => query.error)
  const text = JSON.stringify(key)
  // What was seen before stays in the cache: scrolling back shows it at once.
  const at = (index: number): Row | undefined => {
    const page = Math.floor(index / ROWS_A_PAGE) + 1
    const place = wanted.indexOf(page)
    const data = place >= 0 ? found[place]?.data : client.getQueryData<Page<Row>>([...key, page])
    return data?.data[index % ROWS_A_PAGE]
  }
  const see = useCallback((first: number, last: number) => {
    const next = [Math.floor(first / ROWS_A_PAGE) + 1, Math.floor(last / ROWS_A_PAGE) + 1] as const
    setSeen((now) => (now[0] === next[0] && now[1] === next[1] ? now : next))
  }, [])
  const [asked, setAsked] = useState(text)
  if (asked !== text) {
    setAsked(text)
    setSeen([1, 1]) // another question begins at its top
  }
  return {
    total,
    at,
    loaded: found.flatMap((query) => query.data?.data ?? []),
    see,
    problem: failed ? asProblem(failed.error) : null,
    retry: () => {
      for (const query of found) if (query.error) void query.refetch()
    },
    isOutdated: found[0]?.isPlaceholderData ?? false,
  }
}

/** Rows of an endless list, whose pages are found by cursors. */
export function useCursorRows<Row>(
  key: readonly unknown[],
  read: (
    cursor: string | undefined,
  ) => Promise<{ data: Row[]; meta: { next_cursor: string | null } }>,
): Rows<Row> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.meta.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })
  const loaded = useMemo(() => query.data?.pages.flatMap((page) => page.data) ?? [], [query.data])
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  return {
    total: query.data ? loaded.length : undefined,
    at: (index) => loaded[index],
    loaded,
    see: (_, last) => {
      if (last >= loaded.length - 1 && hasNextPage && !isFetchingNextPage) void fetchNextPage()
    },
    problem: query.error ? asProblem(query.error) : null,
    retry: () => void query.refetch(),
    isOutdated: query.isPlaceholderData,
  }
}

/** Rows that are all here already, such as those of a short list. */
export function heldRows<Row>(
  rows: readonly Row[] | undefined,
  problem: unknown = null,
  retry = () => {},
): Rows<Row> {
  return {
    total: rows?.length,
    at: (index) => rows?.[index],
    loaded: rows ?? [],
    see: () => {},
    problem: problem ? asProblem(problem) : null,
    retry,
    isOutdated: false,
  }
}
