import { useId, type ReactElement, type ReactNode } from 'react'
import { Slot } from 'radix-ui'

interface FieldProps {
  label: string
  /** What to put in, where the label does not say it. */
  hint?: ReactNode
  error?: string
  optional?: boolean
  /** One control; it gets the id and what describes it. */
  children: ReactElement
}

/** A control with its label, its hint and what is wrong with it. */
export function Field({ label, hint, error, optional, children }: FieldProps) {
  const id = useId()
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="flex items-baseline gap-1.5 text-sm font-medium">
        {label}
        {optional && <span className="text-xs font-normal text-faint">optional</span>}
      </label>
      <Slot.Root
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={described || undefined}
      >
        {children}
      </Slot.Root>
      {error ? (
        <p id={`${id}-error`} className="text-xs text-bad">
          {error}
        </p>
      ) : (
        hint && (
          <p id={`${id}-hint`} className="text-xs text-quiet">
            {hint}
          </p>
        )
      )}
    </div>
  )
}
