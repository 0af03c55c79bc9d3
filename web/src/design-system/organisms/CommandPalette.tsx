import { Command as Cmdk } from 'cmdk'
import { Dialog as Radix } from 'radix-ui'
import { Search } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useAllCommands } from '@/lib/commands'
import { grouped } from '@/lib/grouped'
import { Kbd, Spinner } from '../atoms'

export interface Found {
  id: string
  label: string
  /** What tells it from others of the same name. */
  detail?: string
  run: () => void
}

interface CommandPaletteProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  /** Looks for things by what was typed; the answer is by heading. */
  find: (
    text: string,
    signal: AbortSignal,
  ) => Promise<readonly { heading: string; found: readonly Found[] }[]>
}

const WAIT_MS = 150
const SHORTEST = 2

/** Go anywhere, make anything, find anybody: by typing. */
export function CommandPalette({ open, onOpenChange, find }: CommandPaletteProps) {
  const commands = useAllCommands().filter((command) => !command.isHidden)
  const [text, setText] = useState('')
  const { results, isSearching } = useFinding(open ? text.trim() : '', find)
  const choose = (run: () => void) => {
    onOpenChange(false)
    setText('')
    run()
  }
  const groups = grouped(commands, (command) => command.group)
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-veil" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed top-[10vh] left-1/2 z-50 w-[calc(100vw-1.5rem)] max-w-xl -translate-x-1/2 animate-rise overflow-hidden rounded-xl bg-raised shadow-high outline-none"
        >
          <Radix.Title className="sr-only">Search and commands</Radix.Title>
          <Cmdk label="Search and commands" loop>
            <div className="flex h-12 items-center gap-2.5 border-b px-4">
              {isSearching ? (
                <Spinner className="text-faint" />
              ) : (
                <Search aria-hidden className="size-4 text-faint" />
              )}
              <Cmdk.Input
                autoFocus
                value={text}
                onValueChange={setText}
                placeholder="Search, or type what you want to do"
                className="h-full grow bg-transparent text-base outline-none placeholder:text-faint"
              />
              <Kbd keys="Esc" />
            </div>
            <Cmdk.List className="max-h-[55vh] overflow-y-auto p-1.5">
              <Cmdk.Empty className="px-3 py-8 text-center text-sm text-quiet">
                {isSearching ? 'Looking …' : 'Nothing is called that.'}
              </Cmdk.Empty>
              {results.map((group) => (
                <Group key={group.heading} heading={group.heading}>
                  {group.found.map((one) => (
                    <Item
                      key={one.id}
                      value={`${text} ${one.label} ${one.id}`}
                      onSelect={() => choose(one.run)}
                    >
                      <span className="truncate">{one.label}</span>
                      {one.detail && <span className="truncate text-quiet">{one.detail}</span>}
                    </Item>
                  ))}
                </Group>
              ))}
              {groups.map(([heading, members]) => (
                <Group key={heading} heading={heading}>
                  {members.map((command) => (
                    <Item
                      key={command.id}
                      value={`${command.label} ${command.id}`}
                      keywords={command.keywords}
                      onSelect={() => choose(command.run)}
                    >
                      <span className="grow truncate">{command.label}</span>
                      {command.keys && <Kbd keys={command.keys.replace('+', ' ')} />}
                    </Item>
                  ))}
                </Group>
              ))}
            </Cmdk.List>
          </Cmdk>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

type GroupProps = { heading: string; children: React.ReactNode }

const Group = ({ heading, children }: GroupProps) => (
  <Cmdk.Group
    heading={heading}
    className="pb-1 [&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-faint"
  >
    {children}
  </Cmdk.Group>
)

const Item = (props: React.ComponentProps<typeof Cmdk.Item>) => (
  <Cmdk.Item
    className="flex h-9 cursor-default items-center gap-2.5 rounded-md px-2.5 text-sm select-none data-[selected=true]:bg-hover pointer-coarse:h-11"
    {...props}
  />
)

type Results = Awaited<ReturnType<CommandPaletteProps['find']>>

function useFinding(text: string, find: CommandPaletteProps['find']) {
  // The answer with the text that it answers: what belongs to an earlier text is not shown.
  const [answer, setAnswer] = useState<{ text: string; results: Results }>({
    text: '',
    results: [],
  })
  const isAsked = text.length >= SHORTEST
  useEffect(() => {
    if (!isAsked) return
    const stop = new AbortController()
    const timer = setTimeout(() => {
      find(text, stop.signal).then(
        (results) => setAnswer({ text, results }),
        // Outrun by the next letter, or refused: what is typed next asks again.
        () => stop.signal.aborted || setAnswer({ text, results: [] }),
      )
    }, WAIT_MS)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [text, isAsked, find])
  const isAnswered = answer.text === text
  return {
    results: isAsked && isAnswered ? answer.results : [],
    isSearching: isAsked && !isAnswered,
  }
}
