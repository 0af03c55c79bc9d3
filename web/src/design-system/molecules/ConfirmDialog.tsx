import { useState, type ReactNode } from 'react'
import { asProblem } from '@/lib/problem'
import { Button } from '../atoms'
import { Dialog } from './Dialog'
import { ProblemNote } from './Problem'

interface ConfirmProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  /** What will happen, and whether it can be undone. */
  description: ReactNode
  /** The verb: `Remove contact`, never `OK`. */
  action: string
  tone?: 'danger' | 'primary'
  /** Does it. A refusal is shown here and the dialog stays. */
  onConfirm: () => Promise<unknown>
}

/** Asks before something that is not easily undone. */
export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  description,
  action,
  tone = 'danger',
  onConfirm,
}: ConfirmProps) {
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const confirm = async () => {
    setBusy(true)
    setFailure(null)
    try {
      await onConfirm()
      onOpenChange(false)
    } catch (error) {
      setFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button tone={tone} busy={busy} onClick={() => void confirm()}>
            {action}
          </Button>
        </>
      }
    >
      {failure !== null && <ProblemNote problem={asProblem(failure)} />}
    </Dialog>
  )
}
