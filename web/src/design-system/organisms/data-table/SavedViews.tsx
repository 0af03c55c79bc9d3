import { Bookmark, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useKept } from '@/lib/kept'
import type { ListView } from '@/lib/list-view'
import { Button, IconButton, Input } from '../../atoms'
import { Dialog, Field, Menu, MenuItem, MenuLabel, MenuLine } from '../../molecules'

interface SavedView {
  name: string
  view: ListView
}

interface SavedViewsProps {
  name: string
  view: ListView
  onView: (change: Record<string, string>) => void
}

/** Views by a name of one's own, kept on this device. */
export function SavedViews({ name, view, onView }: SavedViewsProps) {
  const [views, keep] = useKept<SavedView[]>(`table.${name}.views`, [])
  const [isNaming, setNaming] = useState(false)
  const show = (saved: SavedView) => {
    const without = Object.fromEntries(Object.keys(view).map((key) => [key, '']))
    onView({ ...without, ...saved.view })
  }
  return (
    <>
      <Menu trigger={<IconButton label="Saved views" icon={<Bookmark />} />}>
        <MenuLabel>Saved views</MenuLabel>
        {views.map((saved) => (
          <MenuItem key={saved.name} onSelect={() => show(saved)}>
            <span className="grow">{saved.name}</span>
            <button
              type="button"
              aria-label={`Forget ${saved.name}`}
              className="text-faint hover:text-bad"
              onClick={(event) => {
                event.stopPropagation()
                keep(views.filter((one) => one !== saved))
              }}
            >
              <Trash2 />
            </button>
          </MenuItem>
        ))}
        {views.length > 0 && <MenuLine />}
        <MenuItem onSelect={() => setNaming(true)}>
          <Plus /> Save this view
        </MenuItem>
      </Menu>
      {isNaming && (
        <NameDialog
          onClose={() => setNaming(false)}
          onName={(chosen) =>
            keep([...views.filter((one) => one.name !== chosen), { name: chosen, view }])
          }
        />
      )}
    </>
  )
}

function NameDialog({ onClose, onName }: { onClose: () => void; onName: (name: string) => void }) {
  const [name, setName] = useState('')
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Save this view"
      description="Search, filters and sorting, under a name."
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          onName(name.trim())
          onClose()
        }}
      >
        <Field label="Name">
          <Input
            autoFocus
            value={name}
            maxLength={60}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <div className="flex justify-end">
          <Button type="submit" tone="primary" disabled={name.trim() === ''}>
            Save view
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
