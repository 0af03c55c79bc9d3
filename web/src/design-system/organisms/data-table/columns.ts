import type { ReactNode } from 'react'

/** A column of a table. */
export interface Column<Row> {
  id: string
  header: string
  cell: (row: Row) => ReactNode
  /** The same for a CSV file; without it the column is not exported. */
  text?: (row: Row) => string | number | null | undefined
  /** What the API sorts by; without it the column cannot be sorted by. */
  sort?: string
  /** A track of a CSS grid. */
  width?: string
  /** `end` for numbers. */
  align?: 'end'
  /** Off until somebody chooses it. */
  isExtra?: boolean
  /** Always there: it says which row this is. */
  isFixed?: boolean
  /** Where it stands on a phone; without it, it is left out there. */
  phone?: 'title' | 'side' | 'line'
}

/** Something to narrow a list by; `key` is the API's parameter. */
export type Filter =
  | {
      key: string
      label: string
      kind: 'choice'
      choices: readonly { value: string; label: string }[]
    }
  | { key: string; label: string; kind: 'text' | 'day' }

/** Something done with all rows that are selected. */
export interface BulkAction {
  label: string
  icon?: ReactNode
  danger?: boolean
  /** Does it, or opens a dialog that asks for more. `clear` gives the selection up once it is done. */
  run: (ids: string[], clear: () => void) => unknown
}

const USUAL_WIDTH = 'minmax(7rem, 1fr)'

/** The columns in sight: fixed ones, and those not taken away or chosen in addition. */
export function visible<Row>(
  columns: readonly Column<Row>[],
  chosen: Readonly<Record<string, boolean>>,
): Column<Row>[] {
  return columns.filter((column) => column.isFixed || (chosen[column.id] ?? !column.isExtra))
}

/** The tracks of the grid that a row is. */
export function tracks<Row>(columns: readonly Column<Row>[], hasSelection: boolean): string {
  const own = columns.map((column) => column.width ?? USUAL_WIDTH)
  return [...(hasSelection ? ['2.25rem'] : []), ...own].join(' ')
}

/** What a click on a header makes of the sorting: up, then down, then the list's own order. */
export function nextSort(field: string, now: string | undefined): string {
  if (now === field) return `-${field}`
  return now === `-${field}` ? '' : field
}
