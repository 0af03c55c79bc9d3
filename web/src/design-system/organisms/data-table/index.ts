export type { BulkAction, Column, Filter } from './columns'
export { DataTable, type DataTableProps } from './DataTable'
