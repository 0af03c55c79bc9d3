import { useAllCommands } from '@/lib/commands'
import { grouped } from '@/lib/grouped'
import { Kbd } from '../atoms'
import { Dialog } from '../molecules'

/** All keys that do something now, by what they are for. */
export function ShortcutHelp({
  open,
  onOpenChange,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
}) {
  const commands = useAllCommands().filter((command) => command.keys)
  const groups = grouped(commands, (command) => command.group)
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts">
      <div className="grid gap-x-8 gap-y-5 pb-2 sm:grid-cols-2">
        {groups.map(([group, members]) => (
          <section key={group}>
            <h3 className="mb-1.5 text-xs text-faint">{group}</h3>
            <ul className="flex flex-col gap-1.5">
              {members.map((command) => (
                <li key={command.id} className="flex items-center justify-between gap-3 text-sm">
                  {command.label}
                  <Kbd keys={(command.keys ?? '').replace('+', ' ')} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
