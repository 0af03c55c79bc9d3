import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { IconButton } from '../atoms'
import { cn } from '../class-names'

interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  /** What this is about, in a sentence. */
  description?: ReactNode
  children?: ReactNode
  /** Buttons, the one that does it last. */
  footer?: ReactNode
  /** `side` slides in from the edge and leaves the page in sight. */
  place?: 'middle' | 'side'
  /** Cannot be closed: the answer is needed. */
  required?: boolean
}

const PLACES = {
  middle:
    'top-[12vh] left-1/2 w-[calc(100vw-1.5rem)] max-w-lg -translate-x-1/2 rounded-xl max-h-[76vh] animate-rise max-sm:top-auto max-sm:bottom-3',
  side: 'inset-y-0 right-0 w-full max-w-xl sm:inset-y-2 sm:right-2 sm:rounded-xl animate-appear',
}

/** Something asked or shown above the page. Escape and a click outside close it. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  place = 'middle',
  required,
}: DialogProps) {
  const stay = required ? (event: Event) => event.preventDefault() : undefined
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-veil" />
        <Radix.Content
          onEscapeKeyDown={stay}
          onInteractOutside={stay}
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={cn(
            'fixed z-50 flex flex-col overflow-hidden bg-raised shadow-high outline-none',
            PLACES[place],
          )}
        >
          <header className="flex items-start gap-3 px-5 pt-4 pb-1">
            <div className="min-w-0 grow">
              <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
              {description && (
                <Radix.Description className="mt-0.5 text-sm text-quiet">
                  {description}
                </Radix.Description>
              )}
            </div>
            {!required && (
              <Radix.Close asChild>
                <IconButton label="Close" icon={<X />} className="-mr-2" />
              </Radix.Close>
            )}
          </header>
          <div className="grow overflow-y-auto px-5 py-3">{children}</div>
          {footer && (
            <footer className="flex justify-end gap-2 border-t bg-panel px-5 py-3">{footer}</footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
