import { Link } from '@tanstack/react-router'
import { Logo, Skeleton } from '@/design-system'
import { useMeets, useTenant } from '@/lib/me'
import { FEATURES } from '..'
import { GROUPS } from '../feature'

/** The organisation, and the links to what the person may see. */
export function Sidebar({ onGo }: { onGo: () => void }) {
  const meets = useMeets()
  const tenant = useTenant()
  const groups = GROUPS.map((group) => ({
    group,
    places: FEATURES.filter((feature) => feature.group === group).flatMap((feature) =>
      feature.places.filter((place) => meets(place.demand ?? {})),
    ),
  })).filter(({ places }) => places.length > 0)
  return (
    <>
      <div className="flex h-12 shrink-0 items-center gap-2.5 px-4">
        <Logo className="size-6" />
        {tenant === undefined ? (
          <Skeleton className="w-24" />
        ) : (
          <span className="truncate font-semibold tracking-tight">{tenant?.name ?? 'DotMac'}</span>
        )}
      </div>
      <nav aria-label="Main" className="grow overflow-y-auto px-2 pb-4">
        {groups.map(({ group, places }) => (
          <section key={group} className="mt-3">
            {places.length > 1 && (
              <h2 className="px-2 pb-1 text-xs font-medium text-faint">{group}</h2>
            )}
            <ul>
              {places.map(({ icon: Icon, ...place }) => (
                <li key={place.to}>
                  <Link
                    to={place.to}
                    onClick={onGo}
                    className="flex h-8 items-center gap-2.5 rounded-md px-2 text-sm text-quiet transition-colors hover:bg-hover hover:text-text aria-[current=page]:bg-pressed aria-[current=page]:font-medium aria-[current=page]:text-text pointer-coarse:h-11 [&_svg]:size-4"
                  >
                    <Icon aria-hidden />
                    {place.label}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </nav>
    </>
  )
}
