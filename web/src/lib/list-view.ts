/**
 * How a list is looked at: what is searched, filtered and sorted by. It stands in the address, so
 * that a view can be sent to somebody, kept as a bookmark and gone back to.
 */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'

/** `q` is searched for, `sort` as the API takes it (`-created_at`); the rest are filters. */
export type ListView = Readonly<Record<string, string>>

/** For a route's `validateSearch`: keeps texts, forgets the rest of what an address may say. */
export function listSearch(search: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(search).filter(([, value]) =>
    ['string', 'number', 'boolean'].includes(typeof value),
  )
  return Object.fromEntries(
    entries.map(([key, value]) => [key, String(value)]).filter(([, value]) => value !== ''),
  )
}

/** The view in the address, and what changes it; an empty value takes a filter away. */
export function useListView(): [ListView, (change: Record<string, string>) => void] {
  const view = useSearch({ strict: false }) as ListView
  const navigate = useNavigate()
  const change = useCallback(
    (changed: Record<string, string>) => {
      void navigate({
        to: '.',
        search: (now: Record<string, unknown>) => listSearch({ ...now, ...changed }),
        replace: true,
      })
    },
    [navigate],
  )
  return [view, change]
}
