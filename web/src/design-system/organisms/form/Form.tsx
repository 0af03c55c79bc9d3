import { useBlocker } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { FieldValues } from 'react-hook-form'
import { Button } from '../../atoms'
import { Dialog, ProblemNote } from '../../molecules'
import type { ApiForm } from './use-api-form'

interface FormProps<Values extends FieldValues> {
  of: ApiForm<Values>
  /** The verb on the button: `Create customer`. */
  action: string
  onCancel?: () => void
  /** The button as wide as the form: at the doors. */
  isNarrow?: boolean
  children: ReactNode
}

/** The fields with the buttons below. Whoever leaves with something unsaved is asked first. */
export function Form<Values extends FieldValues>({
  of,
  action,
  onCancel,
  isNarrow,
  children,
}: FormProps<Values>) {
  return (
    <form noValidate className="flex flex-col gap-4" onSubmit={(event) => void of.submit(event)}>
      {children}
      {of.problem && <ProblemNote problem={of.problem} />}
      <div className="flex justify-end gap-2 pt-1">
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        <Button type="submit" tone="primary" busy={of.isBusy} className={isNarrow ? 'grow' : ''}>
          {action}
        </Button>
      </div>
      <UnsavedGuard isDirty={of.isDirty && !of.isBusy && !of.form.formState.isSubmitSuccessful} />
    </form>
  )
}

function UnsavedGuard({ isDirty }: { isDirty: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isDirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  })
  if (blocker.status !== 'blocked') return null
  return (
    <Dialog
      open
      onOpenChange={() => blocker.reset()}
      title="Leave without saving?"
      description="What you have typed here will be lost."
      footer={
        <>
          <Button onClick={() => blocker.reset()}>Stay here</Button>
          <Button tone="danger" onClick={() => blocker.proceed()}>
            Leave
          </Button>
        </>
      }
    />
  )
}

/** Fields that belong together, side by side where there is room. */
export function FieldGroup({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <fieldset className="min-w-0">
      {title && <legend className="mb-2 text-sm font-semibold">{title}</legend>}
      <div className="grid gap-4 sm:grid-cols-2">{children}</div>
    </fieldset>
  )
}
