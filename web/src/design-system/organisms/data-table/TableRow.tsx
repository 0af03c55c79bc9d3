import { memo } from 'react'
import { Checkbox, Skeleton } from '../../atoms'
import { cn } from '../../class-names'
import type { Column } from './columns'

interface TableRowProps<Row> {
  index: number
  /** Pixels from the top of the list. */
  top: number
  /** undefined while it is on its way. */
  row: Row | undefined
  columns: readonly Column<Row>[]
  template: string
  isActive: boolean
  isSelected: boolean | null
  canSelect: boolean
  onOpen: ((row: Row) => void) | undefined
  onToggle: (row: Row) => void
}

const INTERACTIVE = 'a, button, input, label'

function Row<Data>(props: TableRowProps<Data>) {
  const { row, columns, isSelected, onOpen } = props
  return (
    <div
      role="row"
      id={`row-${props.index}`}
      aria-rowindex={props.index + 2}
      aria-selected={isSelected ?? undefined}
      className={cn(
        'group absolute inset-x-0 grid h-row items-center border-b px-4 text-sm max-sm:!grid-cols-[1fr_auto]',
        onOpen && 'cursor-pointer',
        props.isActive ? 'bg-hover inset-ring-2 inset-ring-accent' : 'hover:bg-hover',
        isSelected && 'bg-accent-soft',
      )}
      style={{ transform: `translateY(${props.top}px)`, gridTemplateColumns: props.template }}
      onClick={(event) => {
        // What is in the row does its own work.
        if (row && !(event.target as Element).closest(INTERACTIVE)) onOpen?.(row)
      }}
    >
      {props.canSelect && (
        <span role="gridcell" className="flex max-sm:hidden">
          <Checkbox
            aria-label="Select this row"
            className={cn(
              !isSelected && 'opacity-0 group-hover:opacity-100 focus-visible:opacity-100',
            )}
            checked={isSelected ?? false}
            disabled={!row}
            onChange={() => row && props.onToggle(row)}
          />
        </span>
      )}
      {columns.map((column) => (
        <span
          key={column.id}
          role="gridcell"
          className={cn(
            'min-w-0 truncate pr-4',
            column.align === 'end' && 'text-right',
            onPhone(column.phone),
          )}
        >
          {row ? (
            column.cell(row)
          ) : (
            <Skeleton className={column.align === 'end' ? 'ml-auto w-14' : 'w-3/5'} />
          )}
        </span>
      ))}
    </div>
  )
}

/** On a phone a row has two lines: a title with something at its side, and more about it below. */
function onPhone(place: Column<unknown>['phone']): string {
  if (!place) return 'max-sm:hidden'
  if (place === 'title')
    return 'max-sm:row-start-1 max-sm:col-start-1 max-sm:self-end max-sm:text-base'
  if (place === 'side') return 'max-sm:col-start-2 max-sm:row-span-2 max-sm:row-start-1 max-sm:pr-0'
  return 'max-sm:row-start-2 max-sm:col-start-1 max-sm:self-start max-sm:text-xs max-sm:text-quiet max-sm:text-left'
}

export const TableRow = memo(Row) as typeof Row
