import type { ReactNode } from 'react'

interface PageProps {
  title: ReactNode
  /** Beside the title: a state, a number. */
  aside?: ReactNode
  /** One line below the title. */
  subtitle?: ReactNode
  /** What can be done here, the main thing last. */
  actions?: ReactNode
  /** Links to the parts of the page. */
  tabs?: ReactNode
  children: ReactNode
}

function Heading({ title, aside, subtitle, actions }: Omit<PageProps, 'children' | 'tabs'>) {
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
      <div className="min-w-0 grow">
        <div className="flex flex-wrap items-center gap-2.5">
          <h1 className="truncate text-xl font-semibold tracking-tight">{title}</h1>
          {aside}
        </div>
        {subtitle && <p className="mt-0.5 text-sm text-quiet">{subtitle}</p>}
      </div>
      {actions && <div className="flex items-center gap-2">{actions}</div>}
    </div>
  )
}

/** A page that is one table: the title stays, the rows scroll. */
export function ListPage({ children, ...heading }: Omit<PageProps, 'tabs'>) {
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="px-4 pt-4 pb-3">
        <Heading {...heading} />
      </div>
      {children}
    </div>
  )
}

/** A page about one thing, with tabs where there is much to say. */
export function DetailPage({ tabs, children, ...heading }: PageProps) {
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto max-w-6xl px-4 pt-5 pb-16 sm:px-8">
        <Heading {...heading} />
        {tabs ? <div className="mt-3">{tabs}</div> : null}
        <div className="mt-5">{children}</div>
      </div>
    </div>
  )
}

/** A page with one form. */
export function FormPage({ children, ...heading }: Omit<PageProps, 'tabs'>) {
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto max-w-2xl px-4 pt-6 pb-16 sm:px-8">
        <Heading {...heading} />
        <div className="mt-6">{children}</div>
      </div>
    </div>
  )
}
