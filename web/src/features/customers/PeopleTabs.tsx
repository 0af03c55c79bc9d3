import { useQuery } from '@tanstack/react-query'
import { Contact, MessageSquare, Pin } from 'lucide-react'
import {
  Avatar,
  Badge,
  Card,
  done,
  EmptyState,
  Form,
  Instant,
  ProblemPanel,
  Skeleton,
  TextAreaField,
  useApiForm,
} from '@/design-system'
import { useMay } from '@/lib/me'
import { asProblem } from '@/lib/problem'
import { contactsQuery, notesQuery, writeNote } from './queries'
import { spoken, words } from './words'

export function ContactsTab({ customerId }: { customerId: string }) {
  const { data: contacts, error, refetch } = useQuery(contactsQuery(customerId))
  if (error) return <ProblemPanel problem={asProblem(error)} onRetry={() => void refetch()} />
  if (contacts?.length === 0) {
    return (
      <Card>
        <EmptyState icon={<Contact />} title={words.noContacts}>
          {words.noContactsHint}
        </EmptyState>
      </Card>
    )
  }
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {contacts?.map((contact) => (
        <Card key={contact.id}>
          <div className="flex gap-3">
            <Avatar name={`${contact.given_name} ${contact.family_name}`} className="size-9" />
            <div className="min-w-0 grow">
              <p className="flex flex-wrap items-center gap-1.5 font-medium">
                {contact.given_name} {contact.family_name}
                {contact.roles.map((role) => (
                  <Badge key={role}>{spoken(role)}</Badge>
                ))}
              </p>
              {contact.position && <p className="text-sm text-quiet">{contact.position}</p>}
              <ul className="mt-2 flex flex-col gap-0.5 text-sm">
                {contact.methods.map((method) => (
                  <li key={method.id} className="truncate">
                    <span className="mr-2 text-xs text-quiet">{spoken(method.kind)}</span>
                    {method.shown}
                  </li>
                ))}
              </ul>
            </div>
          </div>
        </Card>
      )) ?? <Skeleton className="h-24 w-full" />}
    </div>
  )
}

export function NotesTab({ customerId }: { customerId: string }) {
  const { data: notes, error, refetch } = useQuery(notesQuery(customerId))
  const mayWrite = useMay('notes:write')
  if (error) return <ProblemPanel problem={asProblem(error)} onRetry={() => void refetch()} />
  return (
    <div className="flex flex-col gap-4">
      {mayWrite && <NoteForm customerId={customerId} />}
      {notes?.length === 0 && (
        <EmptyState icon={<MessageSquare />} title={words.noNotes}>
          {words.noNotesHint}
        </EmptyState>
      )}
      {notes?.map((note) => (
        <Card key={note.id}>
          <p className="mb-2 flex items-center gap-2 text-xs text-quiet">
            {note.is_pinned && <Pin aria-label={words.pinned} className="size-3.5" />}
            <Instant at={note.created_at} relative />
            {note.is_private && <Badge>{words.private}</Badge>}
          </p>
          {/* The API has taken out of it whatever is not plain text markup. */}
          <div
            className="text-sm [&_a]:underline [&_li]:ml-4 [&_ul]:list-disc"
            dangerouslySetInnerHTML={{ __html: note.html }}
          />
        </Card>
      ))}
    </div>
  )
}

function NoteForm({ customerId }: { customerId: string }) {
  const form = useApiForm({
    rules: { text: { kind: 'string', required: true, maxLength: 20_000 } },
    initial: { text: '' },
    send: async ({ text }, key) => {
      await writeNote(customerId, text, key)
      form.form.reset({ text: '' })
      done(words.noteSaved)
    },
  })
  return (
    <Form of={form} action={words.writeNote}>
      <TextAreaField
        of={form}
        name="text"
        label={words.writeNote}
        placeholder={words.notePlaceholder}
        rows={3}
      />
    </Form>
  )
}
