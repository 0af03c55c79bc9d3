import type { ReactNode } from 'react'

/** Samples of a kind. */
export function Kind({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="mb-4 text-lg font-semibold">{title}</h2>
      <div className="flex flex-col gap-6">{children}</div>
    </section>
  )
}

/** One piece, in its states. */
export function Piece({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <h3 className="mb-2 font-mono text-xs text-quiet">{name}</h3>
      <div className="flex flex-wrap items-start gap-3">{children}</div>
    </div>
  )
}
