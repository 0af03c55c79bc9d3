import { MoveIn } from '@/api/rules'
import { ChoiceField, Dialog, done, Form, TextAreaField, useApiForm } from '@/design-system'
import type { Schema } from '@/lib/api'
import { moveCustomer } from './queries'
import { spoken, STATES, words } from './words'

interface MoveDialogProps {
  customerId: string
  moves: readonly Schema<'MoveChoiceOut'>[]
  onClose: () => void
}

/** Brings a customer into another state, for a reason that fits. */
export function MoveDialog({ customerId, moves, onClose }: MoveDialogProps) {
  const form = useApiForm<Schema<'MoveIn'>>({
    rules: MoveIn,
    initial: { state: moves[0]?.state, reason: moves[0]?.reasons[0], note: '' },
    send: async (values) => {
      await moveCustomer(customerId, values)
      done(words.moved)
      onClose()
    },
  })
  const state = form.form.watch('state')
  const reasons = moves.find((move) => move.state === state)?.reasons ?? []
  return (
    <Dialog open onOpenChange={onClose} title={words.move}>
      <Form of={form} action={words.move} onCancel={onClose}>
        <ChoiceField
          of={form}
          name="state"
          label={words.newState}
          choices={moves.map((move) => ({ value: move.state, label: STATES[move.state].label }))}
        />
        <ChoiceField
          of={form}
          name="reason"
          label={words.reason}
          none=""
          choices={reasons.map((reason) => ({ value: reason, label: spoken(reason) }))}
        />
        <TextAreaField of={form} name="note" label={words.moveNote} optional />
      </Form>
    </Dialog>
  )
}
