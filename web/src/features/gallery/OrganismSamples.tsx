import { Tag, Users } from 'lucide-react'
import { useState } from 'react'
import {
  Badge,
  Card,
  CheckField,
  ChoiceField,
  DataTable,
  done,
  EmptyState,
  FieldGroup,
  Form,
  Money,
  TextField,
  useApiForm,
  type Column,
} from '@/design-system'
import type { ListView } from '@/lib/list-view'
import { Problem } from '@/lib/problem'
import { heldRows } from '@/lib/rows'
import { Kind, Piece } from './Piece'

interface Sample {
  id: string
  name: string
  owes: number
}

const NAMES = ['Ada Lovelace', 'Grace Hopper', 'Katherine Johnson', 'Hedy Lamarr', 'Radia Perlman']
const SAMPLES: Sample[] = Array.from({ length: 10_000 }, (_, place) => ({
  id: `C-${String(place + 1).padStart(6, '0')}`,
  name: NAMES[place % NAMES.length] ?? '',
  owes: (place * 37) % 500,
}))

const columns: readonly Column<Sample>[] = [
  {
    id: 'name',
    header: 'Name',
    sort: 'name',
    isFixed: true,
    phone: 'title',
    width: 'minmax(12rem, 2fr)',
    cell: (row) => <span className="font-medium">{row.name}</span>,
  },
  { id: 'id', header: 'Number', phone: 'line', cell: (row) => row.id },
  {
    id: 'state',
    header: 'State',
    cell: (row) => (
      <Badge tone={row.owes > 250 ? 'bad' : 'good'} dot>
        {row.owes > 250 ? 'Overdue' : 'Paid'}
      </Badge>
    ),
  },
  {
    id: 'owes',
    header: 'Owes',
    align: 'end',
    phone: 'side',
    cell: (row) => <Money amount={row.owes} currency="EUR" quietZero />,
  },
]

const empty = (
  <EmptyState icon={<Users />} title="No customers yet">
    Create the first one, or import them.
  </EmptyState>
)

export function OrganismSamples() {
  const [view, setView] = useState<ListView>({})
  const change = (changed: Record<string, string>) =>
    setView((now) =>
      Object.fromEntries(
        Object.entries({ ...now, ...changed }).filter(([, value]) => value !== ''),
      ),
    )
  const shared = {
    name: 'gallery',
    label: 'Samples',
    columns,
    rowId: (row: Sample) => row.id,
    empty,
  }
  return (
    <Kind title="Organisms">
      <Piece name="DataTable: 10,000 rows, selection, columns">
        <Card flush className="h-96 w-full">
          <div className="flex h-96 flex-col">
            <DataTable
              {...shared}
              rows={heldRows(SAMPLES)}
              view={view}
              onView={change}
              search="Search"
              filters={[
                {
                  key: 'state',
                  label: 'State',
                  kind: 'choice',
                  choices: [{ value: 'paid', label: 'Paid' }],
                },
              ]}
              bulk={[{ label: 'Add tag', icon: <Tag />, run: (_, clear) => clear() }]}
              onExport={() => Promise.resolve(void done('Exported'))}
            />
          </div>
        </Card>
      </Piece>
      <div className="grid gap-4 lg:grid-cols-3">
        <Card title="On its way" flush>
          <DataTable
            {...shared}
            isEmbedded
            columns={columns.slice(0, 2)}
            rows={heldRows<Sample>(undefined)}
          />
        </Card>
        <Card title="Empty" flush>
          <DataTable {...shared} isEmbedded rows={heldRows<Sample>([])} />
        </Card>
        <Card title="Failed" flush>
          <DataTable
            {...shared}
            isEmbedded
            rows={heldRows<Sample>(
              undefined,
              new Problem(503, 'DATABASE_BUSY', 'The database is busy.'),
            )}
          />
        </Card>
      </div>
      <Piece name="Form">
        <Card className="w-full max-w-xl">
          <SampleForm />
        </Card>
      </Piece>
    </Kind>
  )
}

function SampleForm() {
  const form = useApiForm({
    rules: {
      name: { kind: 'string', required: true, maxLength: 20 },
      seats: { kind: 'integer', minimum: 1, maximum: 100 },
    },
    initial: { name: '', seats: '', cycle: 'monthly', renews: true },
    send: () => Promise.resolve(done('Sent')),
  })
  return (
    <Form of={form} action="Create plan">
      <FieldGroup>
        <TextField of={form} name="name" label="Name" />
        <TextField of={form} name="seats" label="Seats" inputMode="numeric" optional />
        <ChoiceField
          of={form}
          name="cycle"
          label="Cycle"
          choices={[
            { value: 'monthly', label: 'Monthly' },
            { value: 'yearly', label: 'Yearly' },
          ]}
        />
      </FieldGroup>
      <CheckField
        of={form}
        name="renews"
        label="Renews by itself"
        hint="Until somebody cancels it."
      />
    </Form>
  )
}
