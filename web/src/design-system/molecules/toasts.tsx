import { Toaster, toast } from 'sonner'
import { asProblem } from '@/lib/problem'
import { useAppearance } from '@/lib/appearance'

/** Where short messages appear; once, in the frame. */
export function Toasts() {
  const { theme } = useAppearance()
  return (
    <Toaster
      theme={theme}
      position="bottom-right"
      toastOptions={{
        classNames: {
          toast: '!rounded-lg !border-line !bg-raised !text-text !shadow-high !font-sans',
          description: '!text-quiet',
        },
      }}
    />
  )
}

/** Say that something was done: `done('Customer created')`. */
export const done = (text: string, undo?: { label: string; onClick: () => void }) =>
  toast.success(text, { action: undo })

/** Say that something was refused. For what was typed into a form, the form says it instead. */
export const failed = (error: unknown) => toast.error(asProblem(error).message)
