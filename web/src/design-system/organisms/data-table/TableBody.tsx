import { useVirtualizer } from '@tanstack/react-virtual'
import {
  useEffect,
  useImperativeHandle,
  useRef,
  useSyncExternalStore,
  type ReactNode,
  type Ref,
} from 'react'
import type { Rows } from '@/lib/rows'
import { Button } from '../../atoms'
import { cn } from '../../class-names'
import { tracks, type Column } from './columns'
import { TableRow } from './TableRow'

export interface TableBodyHandle {
  /** Scroll until the row is in sight. */
  reveal: (index: number) => void
}

interface TableBodyProps<Row> {
  ref?: Ref<TableBodyHandle>
  label: string
  columns: readonly Column<Row>[]
  rows: Rows<Row>
  rowId: (row: Row) => string
  onOpen: ((row: Row) => void) | undefined
  isEmbedded: boolean | undefined
  /** Place of the row that the keyboard is at; -1: none. */
  active: number
  /** null: rows of this table cannot be selected. */
  selected: ReadonlySet<string> | null
  onToggle: (row: Row) => void
  onClearFilters: () => void
  head: ReactNode
}

const SKELETONS = 12 // as many as fill the first screen while nothing is known yet
const OVERSCAN = 12
const USUAL_ROW = 44 // pixels

export function TableBody<Row>(props: TableBodyProps<Row>) {
  const { columns, rows, rowId, active, selected } = props
  const box = useRef<HTMLDivElement>(null)
  const height = useRowHeight()
  const count = rows.total ?? SKELETONS
  // eslint-disable-next-line react-hooks/incompatible-library -- its own state decides what is drawn
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    initialRect: { width: 1000, height: 600 },
  })
  useEffect(() => virtual.measure(), [virtual, height])
  useImperativeHandle(props.ref, () => ({ reveal: (index) => virtual.scrollToIndex(index) }), [
    virtual,
  ])

  const items = virtual.getVirtualItems()
  const first = items[0]?.index ?? 0
  const last = items.at(-1)?.index ?? 0
  const { see } = rows
  useEffect(() => see(first, last), [see, first, last])

  const template = tracks(columns, selected !== null)
  return (
    <div
      ref={box}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={count + 1}
      aria-busy={rows.total === undefined || rows.isOutdated}
      aria-activedescendant={active >= 0 ? `row-${active}` : undefined}
      className={cn(
        'overflow-auto outline-none focus-visible:outline-none',
        props.isEmbedded ? 'max-h-[40rem]' : 'min-h-0 grow',
        rows.isOutdated && 'opacity-60 transition-opacity delay-150',
      )}
    >
      <div role="rowgroup" className="min-w-fit max-sm:min-w-0">
        {props.head}
        <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows.at(item.index)
            return (
              <TableRow
                key={item.key}
                index={item.index}
                top={item.start}
                row={row}
                columns={columns}
                template={template}
                isActive={item.index === active}
                isSelected={row && selected ? selected.has(rowId(row)) : null}
                canSelect={selected !== null}
                onOpen={props.onOpen}
                onToggle={props.onToggle}
              />
            )
          })}
        </div>
      </div>
      {rows.total === 0 && (
        <div className="flex flex-col items-center gap-3 py-16 text-sm text-quiet">
          Nothing matches what you are looking for.
          <Button onClick={props.onClearFilters}>Clear search and filters</Button>
        </div>
      )}
    </div>
  )
}

/** The height of a row in pixels, as the tokens have it for this density and this kind of pointer. */
function useRowHeight(): number {
  return useSyncExternalStore(followDocument, () => {
    const style = getComputedStyle(document.documentElement)
    const pixels = parseFloat(style.getPropertyValue('--row')) * parseFloat(style.fontSize)
    return Number.isFinite(pixels) ? Math.round(pixels) : USUAL_ROW // no styles: in tests
  })
}

function followDocument(notify: () => void): () => void {
  const observer = new MutationObserver(notify)
  observer.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ['data-density'],
  })
  return () => observer.disconnect()
}
