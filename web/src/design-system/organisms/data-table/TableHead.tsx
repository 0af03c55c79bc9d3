import { ArrowDown, ArrowUp } from 'lucide-react'
import { Checkbox } from '../../atoms'
import { cn } from '../../class-names'
import { nextSort, tracks, type Column } from './columns'

interface TableHeadProps<Row> {
  columns: readonly Column<Row>[]
  sort: string | undefined
  onSort: (sort: string) => void
  selection: { state: 'none' | 'some' | 'all'; toggle: () => void } | null
}

const DIRECTIONS = { up: 'ascending', down: 'descending' } as const

export function TableHead<Row>({ columns, sort, onSort, selection }: TableHeadProps<Row>) {
  return (
    <div
      role="row"
      aria-rowindex={1}
      className="sticky top-0 z-10 grid h-9 items-center border-b bg-panel px-4 text-xs font-medium text-quiet max-sm:hidden"
      style={{ gridTemplateColumns: tracks(columns, selection !== null) }}
    >
      {selection && (
        <span role="columnheader" className="flex">
          <Checkbox
            aria-label="Select all rows that are loaded"
            checked={selection.state === 'all'}
            ref={(box) => {
              if (box) box.indeterminate = selection.state === 'some'
            }}
            onChange={selection.toggle}
          />
        </span>
      )}
      {columns.map((column) => {
        const field = column.sort
        const direction =
          !field || !sort ? null : sort === field ? 'up' : sort === `-${field}` ? 'down' : null
        return (
          <span
            key={column.id}
            role="columnheader"
            aria-sort={direction ? DIRECTIONS[direction] : undefined}
            className={cn('flex min-w-0 pr-4', column.align === 'end' && 'justify-end')}
          >
            {field ? (
              <button
                type="button"
                className="flex items-center gap-1 truncate hover:text-text"
                onClick={() => onSort(nextSort(field, sort))}
              >
                {column.header}
                {direction === 'up' && <ArrowUp aria-hidden className="size-3" />}
                {direction === 'down' && <ArrowDown aria-hidden className="size-3" />}
              </button>
            ) : (
              <span className="truncate">{column.header}</span>
            )}
          </span>
        )
      })}
    </div>
  )
}
