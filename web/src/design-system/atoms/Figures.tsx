/** Money, days and counts, written as the person's language writes them. */
import * as format from '@/lib/format'
import { cn } from '../class-names'

interface Shown {
  className?: string
}

/** An amount. `quietZero` lets nothing look like nothing. */
export function Money({
  amount,
  currency,
  quietZero,
  className,
}: Shown & { amount: format.Amount; currency: string; quietZero?: boolean }) {
  const { locale } = format.useWriting()
  const isZero = quietZero && Number(amount) === 0
  return (
    <span className={cn('tabular-nums', isZero && 'text-faint', className)}>
      {format.money(amount, currency, locale)}
    </span>
  )
}

/** A day; nothing is shown as a dash. */
export function Day({ on, className }: Shown & { on: string | null | undefined }) {
  const { locale } = format.useWriting()
  if (!on) return <Nothing />
  return (
    <time dateTime={on} className={cn('tabular-nums', className)}>
      {format.day(on, 'medium', locale)}
    </time>
  )
}

/** An instant; as `relative`, how long ago it was, with the instant itself as its title. */
export function Instant({
  at,
  relative,
  className,
}: Shown & { at: string | null | undefined; relative?: boolean }) {
  const writing = format.useWriting()
  if (!at) return <Nothing />
  const exact = format.instant(at, writing)
  return (
    <time
      dateTime={at}
      title={relative ? exact : undefined}
      className={cn('tabular-nums', className)}
    >
      {relative ? format.ago(at, undefined, writing.locale) : exact}
    </time>
  )
}

/** `3 customers`: a count with its noun. */
export function Plural({ of, words }: { of: number; words: format.Counted }) {
  const { locale } = format.useWriting()
  return <>{format.count(of, words, locale)}</>
}

/** What is not there. */
export function Nothing() {
  return (
    <span className="text-faint">
      <span aria-hidden>–</span>
      <span className="sr-only">none</span>
    </span>
  )
}
