import { useMemo, useRef, useState, type ReactNode } from 'react'
import { useCommands, type Command } from '@/lib/commands'
import { useKept } from '@/lib/kept'
import { useLatest } from '@/lib/latest'
import type { ListView } from '@/lib/list-view'
import type { Rows } from '@/lib/rows'
import { cn } from '../../class-names'
import { ProblemPanel } from '../../molecules'
import { BulkBar } from './BulkBar'
import { visible, type BulkAction, type Column, type Filter } from './columns'
import { TableBody, type TableBodyHandle } from './TableBody'
import { TableHead } from './TableHead'
import { TableToolbar } from './TableToolbar'

export interface DataTableProps<Row> {
  /** Under this name the choice of columns and the saved views are kept. */
  name: string
  /** What the rows are, for people who do not see the page. */
  label: string
  columns: readonly Column<Row>[]
  rows: Rows<Row>
  rowId: (row: Row) => string
  /** What a click on a row, or Enter, does. */
  onOpen?: (row: Row) => void
  /** How the list is looked at, and what changes that: `useListView()`. Without it: as it comes. */
  view?: ListView
  onView?: (change: Record<string, string>) => void
  /** The words in the search box; without them there is none. */
  search?: string
  filters?: readonly Filter[]
  bulk?: readonly BulkAction[]
  /** Saves all rows that match as a file. */
  onExport?: () => Promise<void>
  /** In place of rows when there are none at all. */
  empty: ReactNode
  /** A part of a page: no toolbar, no shortcuts, as high as its rows. */
  isEmbedded?: boolean
}

const NO_VIEW: ListView = {}
const NO_COMMANDS: readonly Command[] = []
const noChange = () => {}

/** The one table. Rows are fetched as they come into sight, however many there are. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { name, columns, rows, rowId, onOpen, isEmbedded, bulk = [] } = props
  const { view = NO_VIEW, onView = noChange } = props
  const [chosen, choose] = useKept<Record<string, boolean>>(`table.${name}.columns`, {})
  const shown = useMemo(() => visible(columns, chosen), [columns, chosen])
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [active, setActive] = useState(-1)
  const body = useRef<TableBodyHandle>(null)

  const question = JSON.stringify(view)
  const [asked, setAsked] = useState(question)
  if (asked !== question) {
    setAsked(question)
    setSelected(new Set())
    setActive(-1)
  }

  const toggle = (row: Row) => {
    const next = new Set(selected)
    if (!next.delete(rowId(row))) next.add(rowId(row))
    setSelected(next)
  }
  const onKey = useLatest((key: Key) => {
    if (key === 'clear') {
      setSelected(new Set())
      setActive(-1)
      return
    }
    const row = rows.at(active)
    if (key === 'open' && row) onOpen?.(row)
    if (key === 'select' && row && bulk.length > 0) toggle(row)
    if (key !== 'next' && key !== 'previous') return
    const next = Math.max(0, Math.min((rows.total ?? 0) - 1, active + (key === 'next' ? 1 : -1)))
    setActive(next)
    body.current?.reveal(next)
  })
  const commands = useMemo(() => tableCommands(onKey), [onKey])
  useCommands(isEmbedded ? NO_COMMANDS : commands)

  const hasFilter = Object.keys(view).some((key) => key !== 'sort')
  return (
    <div className={cn('relative flex min-h-0 flex-col', !isEmbedded && 'grow')}>
      {!isEmbedded && (
        <TableToolbar
          {...props}
          view={view}
          onView={onView}
          chosen={chosen}
          choose={choose}
          total={rows.total}
        />
      )}
      {rows.problem && rows.loaded.length === 0 ? (
        <ProblemPanel problem={rows.problem} onRetry={rows.retry} />
      ) : rows.total === 0 && !hasFilter ? (
        props.empty
      ) : (
        <TableBody
          ref={body}
          label={props.label}
          columns={shown}
          rows={rows}
          rowId={rowId}
          onOpen={onOpen}
          isEmbedded={isEmbedded}
          active={active}
          selected={bulk.length > 0 ? selected : null}
          onToggle={toggle}
          onClearFilters={() =>
            onView(Object.fromEntries(Object.keys(view).map((key) => [key, ''])))
          }
          head={
            <TableHead
              columns={shown}
              sort={view.sort}
              onSort={(sort) => onView({ sort })}
              selection={
                bulk.length > 0
                  ? {
                      state:
                        selected.size === 0
                          ? 'none'
                          : selected.size < rows.loaded.length
                            ? 'some'
                            : 'all',
                      toggle: () =>
                        setSelected(
                          selected.size > 0 ? new Set() : new Set(rows.loaded.map(rowId)),
                        ),
                    }
                  : null
              }
            />
          }
        />
      )}
      <BulkBar actions={bulk} selected={selected} onClear={() => setSelected(new Set())} />
    </div>
  )
}

type Key = 'next' | 'previous' | 'open' | 'select' | 'clear'

function tableCommands(onKey: (key: Key) => void): Command[] {
  const make = (key: Key | 'search', label: string, keys: string, run: () => void) => {
    return { id: `table.${key}`, label, group: 'Lists', keys, isHidden: true, run }
  }
  return [
    make('next', 'Next row', 'j', () => onKey('next')),
    make('previous', 'Previous row', 'k', () => onKey('previous')),
    make('open', 'Open the row', 'Enter', () => onKey('open')),
    make('select', 'Select the row', 'x', () => onKey('select')),
    make('clear', 'Give up the selection', 'Escape', () => onKey('clear')),
    make('search', 'Search in the list', '/', () =>
      document.querySelector<HTMLElement>('[data-search-box]')?.focus(),
    ),
  ]
}
