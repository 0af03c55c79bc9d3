import { Menu as MenuIcon, X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import { useState, type ReactNode } from 'react'
import { IconButton } from '../atoms'

interface AppFrameProps {
  /** The organisation, and the links to all parts; also in the drawer of a phone. */
  sidebar: (close: () => void) => ReactNode
  /** Where one is. */
  breadcrumbs: ReactNode
  /** Search, help, oneself. */
  tools: ReactNode
  /** Above everything: a trial that ends, a tenant that is read only. */
  banner?: ReactNode
  children: ReactNode
}

/** What stands around every page: navigation at the left, a bar above, the page. */
export function AppFrame({ sidebar, breadcrumbs, tools, banner, children }: AppFrameProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <div className="flex h-dvh flex-col">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      {banner}
      <div className="flex min-h-0 grow">
        <aside className="hidden w-58 shrink-0 flex-col border-r bg-sunken md:flex">
          {sidebar(() => {})}
        </aside>
        <div className="flex min-w-0 grow flex-col bg-panel">
          <header className="flex h-12 shrink-0 items-center gap-2 border-b px-2 md:px-4">
            <Radix.Root open={isOpen} onOpenChange={setOpen}>
              <Radix.Trigger asChild>
                <IconButton label="Navigation" icon={<MenuIcon />} className="md:hidden" />
              </Radix.Trigger>
              <Radix.Portal>
                <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-veil" />
                <Radix.Content
                  aria-describedby={undefined}
                  className="fixed inset-y-0 left-0 z-50 flex w-72 animate-appear flex-col bg-sunken shadow-high outline-none"
                >
                  <Radix.Title className="sr-only">Navigation</Radix.Title>
                  <Radix.Close asChild>
                    <IconButton label="Close" icon={<X />} className="absolute top-2 right-2" />
                  </Radix.Close>
                  {sidebar(() => setOpen(false))}
                </Radix.Content>
              </Radix.Portal>
            </Radix.Root>
            <div className="min-w-0 grow">{breadcrumbs}</div>
            <div className="flex items-center gap-1">{tools}</div>
          </header>
          <main id="content" tabIndex={-1} className="min-h-0 grow outline-none">
            {children}
          </main>
        </div>
      </div>
    </div>
  )
}
