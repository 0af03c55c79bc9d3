import { Ellipsis, FileText, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import {
  Badge,
  Button,
  Card,
  ConfirmDialog,
  Dialog,
  done,
  EmptyState,
  Facts,
  failed,
  Field,
  IconButton,
  Input,
  Menu,
  MenuCheck,
  MenuItem,
  MenuLabel,
  MenuLine,
  Money,
  ProblemNote,
  ProblemPanel,
  SearchBox,
  Stat,
  Stats,
  Tooltip,
} from '@/design-system'
import { Problem } from '@/lib/problem'
import { Kind, Piece } from './Piece'

const refusal = new Problem(
  409,
  'INVOICE_ALREADY_PAID',
  'Invoice 2026-0042 was paid on 2026-11-03.',
  {},
  '0192f0c1-5e7a',
)

export function MoleculeSamples() {
  const [text, setText] = useState('')
  return (
    <Kind title="Molecules">
      <Piece name="Field">
        <div className="grid w-full gap-4 sm:grid-cols-3">
          <Field label="Name">
            <Input />
          </Field>
          <Field label="Country" hint="Two letters, such as SE." optional>
            <Input />
          </Field>
          <Field label="E-mail" error="At most 254 characters; these are 260.">
            <Input defaultValue="ann@example.com" />
          </Field>
        </div>
      </Piece>
      <Piece name="Stats, Card, Facts">
        <div className="flex w-full flex-col gap-4">
          <Stats>
            <Stat label="Balance due" value={<Money amount={1240} currency="EUR" />} />
            <Stat label="MRR" value={<Money amount={89.9} currency="EUR" />}>
              3 subscriptions
            </Stat>
            <Stat
              label="Overdue"
              value={<Money amount={310} currency="EUR" className="text-bad" />}
            />
          </Stats>
          <Card title="About" action={<IconButton label="Edit" icon={<Pencil />} />}>
            <Facts
              facts={[
                [
                  'State',
                  <Badge key="state" tone="good">
                    Active
                  </Badge>,
                ],
                ['E-mail', 'ann@example.com'],
                ['Left out', null],
              ]}
            />
          </Card>
        </div>
      </Piece>
      <Piece name="Dialog, ConfirmDialog, toasts, Tooltip, Menu">
        <Asking />
        <Button onClick={() => done('Customer created')}>done()</Button>
        <Button onClick={() => failed(refusal)}>failed()</Button>
        <Tooltip text="Only a hint: everything is said elsewhere too.">
          <Button>Tooltip</Button>
        </Tooltip>
        <Menu trigger={<IconButton tone="plain" label="More" icon={<Ellipsis />} />}>
          <MenuLabel>Invoice</MenuLabel>
          <MenuItem>
            <Pencil /> Edit
          </MenuItem>
          <MenuCheck checked>Show tax</MenuCheck>
          <MenuLine />
          <MenuItem danger>
            <Trash2 /> Void
          </MenuItem>
        </Menu>
      </Piece>
      <Piece name="SearchBox">
        <SearchBox value={text} onChange={setText} placeholder="Search name or number" />
      </Piece>
      <Piece name="ProblemNote">
        <ProblemNote problem={refusal} />
      </Piece>
      <div className="grid gap-4 sm:grid-cols-2">
        <Card>
          <EmptyState
            icon={<FileText />}
            title="No invoices yet"
            action={<Button>Run bills</Button>}
          >
            The first one is made by the bill run after a subscription has started.
          </EmptyState>
        </Card>
        <Card>
          <ProblemPanel problem={refusal} onRetry={() => done('Tried again')} />
        </Card>
      </div>
    </Kind>
  )
}

function Asking() {
  const [open, setOpen] = useState<'dialog' | 'side' | 'confirm' | null>(null)
  const close = () => setOpen(null)
  return (
    <>
      <Button onClick={() => setOpen('dialog')}>Dialog</Button>
      <Button onClick={() => setOpen('side')}>At the side</Button>
      <Button onClick={() => setOpen('confirm')}>ConfirmDialog</Button>
      <Dialog
        open={open === 'dialog'}
        onOpenChange={close}
        title="Record a payment"
        description="It pays the oldest debts first."
        footer={<Button tone="primary">Record payment</Button>}
      >
        <Field label="Amount">
          <Input inputMode="decimal" />
        </Field>
      </Dialog>
      <Dialog open={open === 'side'} onOpenChange={close} place="side" title="Invoice 2026-0042">
        What it is about stays in sight.
      </Dialog>
      <ConfirmDialog
        open={open === 'confirm'}
        onOpenChange={close}
        title="Void invoice 2026-0042?"
        description="Its number stays used. This cannot be undone."
        action="Void invoice"
        onConfirm={() => Promise.reject(refusal)}
      />
    </>
  )
}
