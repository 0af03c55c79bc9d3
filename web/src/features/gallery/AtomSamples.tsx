import { Plus, Trash2 } from 'lucide-react'
import {
  Avatar,
  Badge,
  Button,
  Checkbox,
  Day,
  IconButton,
  Input,
  Instant,
  Kbd,
  Money,
  Nothing,
  Plural,
  Select,
  Skeleton,
  Spinner,
  Textarea,
} from '@/design-system'
import { Kind, Piece } from './Piece'

const TONES = ['neutral', 'accent', 'good', 'warn', 'bad', 'info'] as const
const SURFACES = [
  'bg-page',
  'bg-panel',
  'bg-raised',
  'bg-sunken',
  'bg-accent',
  'bg-accent-soft',
  'bg-good-soft',
  'bg-warn-soft',
  'bg-bad-soft',
  'bg-info-soft',
]

export function AtomSamples() {
  return (
    <Kind title="Atoms">
      <Piece name="colours">
        {SURFACES.map((surface) => (
          <div key={surface} className="w-24">
            <div className={`h-10 rounded-md border ${surface}`} />
            <span className="text-2xs text-quiet">{surface}</span>
          </div>
        ))}
      </Piece>
      <Piece name="text">
        <span className="text-text">text</span>
        <span className="text-quiet">quiet</span>
        <span className="text-faint">faint</span>
        <span className="text-accent-text">accent</span>
        <span className="text-good">good</span>
        <span className="text-warn">warn</span>
        <span className="text-bad">bad</span>
      </Piece>
      <Piece name="Button">
        <Button tone="primary" icon={<Plus />}>
          Create customer
        </Button>
        <Button>Plain</Button>
        <Button tone="quiet">Quiet</Button>
        <Button tone="danger" icon={<Trash2 />}>
          Remove
        </Button>
        <Button size="small">Small</Button>
        <Button busy>At work</Button>
        <Button disabled>Not now</Button>
        <IconButton label="Remove" icon={<Trash2 />} />
      </Piece>
      <Piece name="Badge">
        {TONES.map((tone) => (
          <Badge key={tone} tone={tone} dot>
            {tone}
          </Badge>
        ))}
        <Badge>tag</Badge>
      </Piece>
      <Piece name="Money, Day, Instant, Plural, Nothing">
        <Money amount={1234.5} currency="EUR" />
        <Money amount={1234} currency="JPY" />
        <Money amount="12345678901234567.89" currency="SEK" />
        <Money amount={0} currency="EUR" quietZero />
        <Day on="2026-02-28" />
        <Instant at="2026-11-20T14:03:00Z" />
        <span>
          <Plural of={1} words={{ one: '# invoice', other: '# invoices' }} />
        </span>
        <span>
          <Plural of={1200} words={{ one: '# invoice', other: '# invoices' }} />
        </span>
        <Nothing />
      </Piece>
      <Piece name="Input, Select, Textarea, Checkbox">
        <Input aria-label="A text" placeholder="ann@example.com" className="max-w-56" />
        <Input aria-label="A wrong text" aria-invalid defaultValue="ann@" className="max-w-56" />
        <Input
          aria-label="A text that cannot be changed"
          disabled
          defaultValue="C-000123"
          className="max-w-56"
        />
        <Select aria-label="A choice" className="w-40">
          <option>Monthly</option>
          <option>Yearly</option>
        </Select>
        <Checkbox aria-label="A box" defaultChecked />
        <Textarea aria-label="Several lines" placeholder="What should the next person know?" />
      </Piece>
      <Piece name="Avatar, Kbd, Spinner, Skeleton">
        <Avatar name="Ada Lovelace" />
        <Avatar name="Grace Hopper" />
        <Avatar name="Linus" />
        <Kbd keys="Mod K" />
        <Spinner />
        <Skeleton className="mt-1 w-40" />
      </Piece>
    </Kind>
  )
}
