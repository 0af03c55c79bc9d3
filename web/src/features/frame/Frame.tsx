import { useQuery } from '@tanstack/react-query'
import { Outlet, useRouter } from '@tanstack/react-router'
import { CircleHelp, Search } from 'lucide-react'
import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import { AppFrame, IconButton, Kbd } from '@/design-system'
import { listenToKeys } from '@/lib/commands'
import { writeAs } from '@/lib/format'
import { accountQuery, tenantQuery, useMeets } from '@/lib/me'
import { SignInAgain } from '../session/SignInAgain'
import { Breadcrumbs } from './Breadcrumbs'
import { findEverywhere } from './search'
import { ProfileMenu } from './ProfileMenu'
import { Sidebar } from './Sidebar'
import { useFrameCommands } from './use-frame-commands'
import { words } from './words'

const CommandPalette = lazy(() =>
  import('@/design-system/organisms/CommandPalette').then((m) => ({ default: m.CommandPalette })),
)
const ShortcutHelp = lazy(() =>
  import('@/design-system/organisms/ShortcutHelp').then((m) => ({ default: m.ShortcutHelp })),
)

/** The frame around all pages of somebody who is signed in. */
export function Frame() {
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  const router = useRouter()
  const meets = useMeets()
  useEffect(() => listenToKeys(), [])
  useWritingOfPerson()
  useFrameCommands({
    openPalette: useCallback(() => setPalette((isOpen) => !isOpen), []),
    openHelp: useCallback(() => setHelp(true), []),
  })
  const find = useCallback(
    async (text: string, signal: AbortSignal) =>
      findEverywhere(text, signal, meets, (to) => router.history.push(to)),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- rights do not change while somebody types
    [router],
  )
  return (
    <AppFrame
      sidebar={(close) => <Sidebar onGo={close} />}
      breadcrumbs={<Breadcrumbs />}
      tools={
        <>
          <button
            type="button"
            onClick={() => setPalette(true)}
            className="flex h-8 items-center gap-2 rounded-md border bg-page px-2.5 text-sm text-quiet transition-colors hover:border-line-strong max-sm:border-0 max-sm:bg-transparent sm:w-52 pointer-coarse:h-10"
          >
            <Search aria-hidden className="size-4" />
            <span className="grow text-left max-sm:sr-only">{words.search}</span>
            <span className="max-sm:hidden">
              <Kbd keys="Mod K" />
            </span>
          </button>
          <IconButton
            label={words.shortcuts}
            icon={<CircleHelp />}
            className="max-sm:hidden"
            onClick={() => setHelp(true)}
          />
          <ProfileMenu />
        </>
      }
    >
      <Outlet />
      <Suspense>
        {palette && <CommandPalette open onOpenChange={setPalette} find={find} />}
        {help && <ShortcutHelp open onOpenChange={setHelp} />}
      </Suspense>
      <SignInAgain />
    </AppFrame>
  )
}

/** Numbers and days as the person wants them written, in their zone or the organisation's. */
function useWritingOfPerson(): void {
  const { data: account } = useQuery(accountQuery)
  const { data: tenant } = useQuery(tenantQuery)
  const locale = account?.locale
  const timeZone = account?.time_zone ?? tenant?.time_zone
  useEffect(() => writeAs({ locale, timeZone }), [locale, timeZone])
}
