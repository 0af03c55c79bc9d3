import { cn } from '../class-names'

/** The shape of something that is on its way. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden
      className={cn('block h-3 animate-shimmer rounded-sm bg-pressed', className)}
    />
  )
}
