import type { ReactNode } from 'react'
import { cn } from '../class-names'

interface CardProps {
  title?: ReactNode
  /** At the right of the title: a button or a link. */
  action?: ReactNode
  children: ReactNode
  /** Whether the content brings its own space to the edge, such as a table. */
  flush?: boolean
  className?: string
}

/** A part of a page that stands for itself. */
export function Card({ title, action, children, flush, className }: CardProps) {
  return (
    <section className={cn('overflow-hidden rounded-lg border bg-panel', className)}>
      {title && (
        <header className="flex min-h-11 items-center justify-between gap-2 border-b px-4 py-1.5">
          <h2 className="text-sm font-semibold">{title}</h2>
          {action}
        </header>
      )}
      <div className={flush ? '' : 'p-4'}>{children}</div>
    </section>
  )
}

/** A figure with its name. `children` says what it is made of, or how it has changed. */
export function Stat({
  label,
  value,
  children,
}: {
  label: string
  value: ReactNode
  children?: ReactNode
}) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5 px-4 py-3">
      <span className="text-xs text-quiet">{label}</span>
      <span className="truncate text-xl font-semibold tracking-tight tabular-nums">{value}</span>
      {children && <span className="text-xs text-quiet">{children}</span>}
    </div>
  )
}

/** Figures side by side. */
export function Stats({ children }: { children: ReactNode }) {
  return (
    <div className="grid grid-cols-2 overflow-hidden rounded-lg border bg-panel lg:auto-cols-fr lg:grid-flow-col lg:grid-cols-none [&>*]:-m-px [&>*]:border-t [&>*]:border-l">
      {children}
    </div>
  )
}

/** Names and values, one to a line. What has no value is left out. */
export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-4 gap-y-2 text-sm">
      {facts
        .filter(
          ([, value]) => value !== null && value !== undefined && value !== '' && value !== false,
        )
        .map(([name, value]) => (
          <div key={name} className="col-span-2 grid grid-cols-subgrid">
            <dt className="text-quiet">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
    </dl>
  )
}
