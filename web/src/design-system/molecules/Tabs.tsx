import type { ReactNode } from 'react'

/** Parts of a page, each with an address of its own: `children` are links of the router. */
export function TabLinks({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav
      aria-label={label}
      className="-mb-px flex [scrollbar-width:none] gap-5 overflow-x-auto border-b"
    >
      {children}
    </nav>
  )
}

/** For the `className` of a link in `TabLinks`; the router marks the present one. */
export const tabLink =
  'border-b-2 border-transparent py-2 text-sm whitespace-nowrap text-quiet transition-colors hover:text-text aria-[current=page]:border-accent aria-[current=page]:font-medium aria-[current=page]:text-text'
