import { Link, useMatches } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import { Fragment } from 'react'

/** Where one is: the routes on the way that have a name (`loader: () => ({ crumb: 'Customers' })`). */
export function Breadcrumbs() {
  const crumbs = useMatches().flatMap((match) => {
    const crumb = (match.loaderData as { crumb?: string } | undefined)?.crumb
    return crumb ? [{ crumb, to: match.pathname }] : []
  })
  return (
    <nav aria-label="Breadcrumbs" className="flex min-w-0 items-center gap-1 text-sm">
      {crumbs.map(({ crumb, to }, index) => {
        const isLast = index === crumbs.length - 1
        return (
          <Fragment key={to}>
            {index > 0 && (
              <ChevronRight aria-hidden className="size-3.5 shrink-0 text-faint max-sm:hidden" />
            )}
            {isLast ? (
              <span aria-current="page" className="truncate font-medium">
                {crumb}
              </span>
            ) : (
              <Link to={to} className="truncate text-quiet hover:text-text max-sm:hidden">
                {crumb}
              </Link>
            )}
          </Fragment>
        )
      })}
    </nav>
  )
}
