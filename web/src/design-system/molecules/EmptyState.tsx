import type { ReactNode } from 'react'

interface EmptyStateProps {
  icon: ReactNode
  title: string
  /** What would be here, and how it gets here. */
  children?: ReactNode
  action?: ReactNode
}

/** In place of nothing: what belongs here and how to begin. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-sm flex-col items-center gap-1.5 px-6 py-14 text-center">
      <span className="mb-1 grid size-10 place-items-center rounded-lg border bg-panel text-quiet shadow-low [&_svg]:size-5">
        {icon}
      </span>
      <p className="font-medium">{title}</p>
      {children && <p className="text-sm text-quiet">{children}</p>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  )
}
