export {
  CheckField,
  ChoiceField,
  FieldGroup,
  Form,
  TextAreaField,
  TextField,
  useApiForm,
  type ApiForm,
} from './form'
export {
  DataTable,
  type BulkAction,
  type Column,
  type DataTableProps,
  type Filter,
} from './data-table'
