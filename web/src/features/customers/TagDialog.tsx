import { Dialog, done, Form, Plural, TextField, useApiForm } from '@/design-system'
import { tagCustomers } from './queries'
import { words } from './words'

interface TagDialogProps {
  ids: string[]
  onClose: () => void
  onDone: () => void
}

/** Gives all of them a tag. */
export function TagDialog({ ids, onClose, onDone }: TagDialogProps) {
  const form = useApiForm({
    rules: { tag: { kind: 'string', required: true, maxLength: 63 } },
    initial: { tag: '' },
    send: async ({ tag }) => {
      await tagCustomers(ids, tag)
      done(words.tagAdded)
      onDone()
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={words.addTag}
      description={<Plural of={ids.length} words={words.someSelected} />}
    >
      <Form of={form} action={words.addTag} onCancel={onClose}>
        <TextField of={form} name="tag" label={words.tag} autoFocus />
      </Form>
    </Dialog>
  )
}
