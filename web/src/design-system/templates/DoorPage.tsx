import type { ReactNode } from 'react'

export function Logo({ className }: { className?: string }) {
  return <img src="/favicon.svg" alt="" className={className ?? 'size-7'} />
}

interface DoorPageProps {
  title: string
  subtitle?: ReactNode
  children: ReactNode
  /** Ways elsewhere. */
  footer?: ReactNode
}

/** A page for somebody who is not signed in: one thing to do, in the middle. */
export function DoorPage({ title, subtitle, children, footer }: DoorPageProps) {
  return (
    <main className="grid min-h-dvh place-items-center bg-sunken px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center justify-center gap-2.5">
          <Logo className="size-8" />
          <span className="text-lg font-semibold tracking-tight">DotMac</span>
        </div>
        <section className="rounded-xl border bg-panel p-6 shadow-low sm:p-7">
          <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
          {subtitle && <p className="mt-0.5 text-sm text-quiet">{subtitle}</p>}
          <div className="mt-5">{children}</div>
        </section>
        {footer && <div className="mt-4 text-center text-sm text-quiet">{footer}</div>}
      </div>
    </main>
  )
}
