import { Columns3, Download } from 'lucide-react'
import { useState } from 'react'
import { IconButton, Plural } from '../../atoms'
import { failed, Menu, MenuCheck, MenuLabel, SearchBox } from '../../molecules'
import type { ListView } from '@/lib/list-view'
import type { Column } from './columns'
import type { DataTableProps } from './DataTable'
import { Filters } from './Filters'
import { SavedViews } from './SavedViews'

type TableToolbarProps<Row> = DataTableProps<Row> & {
  view: ListView
  onView: (change: Record<string, string>) => void
  total: number | undefined
  chosen: Readonly<Record<string, boolean>>
  choose: (chosen: Record<string, boolean>) => void
}

const ROWS = { one: '# row', other: '# rows' }

export function TableToolbar<Row>(props: TableToolbarProps<Row>) {
  const { view, onView, total } = props
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1.5 border-b px-4 py-2">
      {props.search && (
        <SearchBox
          value={view.q ?? ''}
          onChange={(q) => onView({ q })}
          placeholder={props.search}
        />
      )}
      {props.filters && <Filters filters={props.filters} view={view} onView={onView} />}
      <div className="ml-auto flex items-center gap-1 text-sm text-quiet">
        <span aria-live="polite" className="mr-1 tabular-nums max-sm:sr-only">
          {total !== undefined && <Plural of={total} words={ROWS} />}
        </span>
        <SavedViews name={props.name} view={view} onView={onView} />
        <ColumnChoice columns={props.columns} chosen={props.chosen} choose={props.choose} />
        {props.onExport && <ExportButton onExport={props.onExport} />}
      </div>
    </div>
  )
}

interface ColumnChoiceProps<Row> {
  columns: readonly Column<Row>[]
  chosen: Readonly<Record<string, boolean>>
  choose: (chosen: Record<string, boolean>) => void
}

function ColumnChoice<Row>({ columns, chosen, choose }: ColumnChoiceProps<Row>) {
  return (
    <Menu
      trigger={<IconButton label="Choose columns" icon={<Columns3 />} className="max-sm:hidden" />}
    >
      <MenuLabel>Columns</MenuLabel>
      {columns
        .filter((column) => !column.isFixed)
        .map((column) => (
          <MenuCheck
            key={column.id}
            checked={chosen[column.id] ?? !column.isExtra}
            onCheckedChange={(isOn) => choose({ ...chosen, [column.id]: isOn })}
          >
            {column.header}
          </MenuCheck>
        ))}
    </Menu>
  )
}

function ExportButton({ onExport }: { onExport: () => Promise<void> }) {
  const [busy, setBusy] = useState(false)
  const start = async () => {
    setBusy(true)
    try {
      await onExport()
    } catch (error) {
      failed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <IconButton
      label="Export as CSV"
      icon={<Download />}
      busy={busy}
      onClick={() => void start()}
    />
  )
}
