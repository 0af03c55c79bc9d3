import { useState } from 'react'
import { X } from 'lucide-react'
import { Button, IconButton, Plural } from '../../atoms'
import { failed } from '../../molecules'
import type { BulkAction } from './columns'

interface BulkBarProps {
  actions: readonly BulkAction[]
  selected: ReadonlySet<string>
  onClear: () => void
}

/** What can be done with the rows that are selected; there while some are. */
export function BulkBar({ actions, selected, onClear }: BulkBarProps) {
  const [busy, setBusy] = useState<string | null>(null)
  if (selected.size === 0) return null
  const start = async (action: BulkAction) => {
    setBusy(action.label)
    try {
      await action.run([...selected], onClear)
    } catch (error) {
      failed(error)
    } finally {
      setBusy(null)
    }
  }
  return (
    <div
      role="toolbar"
      aria-label="Selected rows"
      className="absolute bottom-4 left-1/2 z-20 flex -translate-x-1/2 animate-rise items-center gap-1 rounded-lg bg-raised p-1.5 pl-3 shadow-high"
    >
      <span className="mr-2 text-sm font-medium tabular-nums">
        <Plural of={selected.size} words={{ one: '# selected', other: '# selected' }} />
      </span>
      {actions.map((action) => (
        <Button
          key={action.label}
          size="small"
          tone={action.danger ? 'danger' : 'plain'}
          icon={action.icon}
          busy={busy === action.label}
          disabled={busy !== null}
          onClick={() => void start(action)}
        >
          {action.label}
        </Button>
      ))}
      <IconButton label="Give up the selection" icon={<X />} onClick={onClear} />
    </div>
  )
}
