import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useAppearance, type Theme } from '@/lib/appearance'
import { useCommands, type Command } from '@/lib/commands'
import { useMeets } from '@/lib/me'
import { signOut } from '@/lib/session'
import { FEATURES } from '..'
import { words } from './words'

interface Openers {
  openPalette: () => void
  openHelp: () => void
}

/** Registers what can be done on every page: go, make, look different, find out how, leave. */
export function useFrameCommands({ openPalette, openHelp }: Openers): void {
  const navigate = useNavigate()
  const meets = useMeets()
  const allowed = FEATURES.map((feature) => ({
    ...feature,
    places: feature.places.filter((place) => meets(place.demand ?? {})),
    makes: (feature.makes ?? []).filter((make) => meets(make.demand ?? {})),
  }))
  // The functions change with every render; what they lead to does not.
  const known = JSON.stringify(
    allowed.map(({ places, makes }) => [...places, ...makes].map((one) => one.to)),
  )
  const commands = useMemo(
    (): Command[] => [
      ...allowed.flatMap(({ makes }) =>
        makes.map((make) => ({
          ...{
            id: `make:${make.to}`,
            label: make.label,
            group: words.create,
            keys: make.keys,
            keywords: make.keywords,
          },
          run: () => void navigate({ to: make.to }),
        })),
      ),
      ...allowed.flatMap(({ places }) =>
        places.map((place) => ({
          ...{
            id: `go:${place.to}`,
            label: place.label,
            group: words.goTo,
            keys: place.keys,
            keywords: place.keywords,
          },
          run: () => void navigate({ to: place.to }),
        })),
      ),
      themeCommand('light', words.lightTheme),
      themeCommand('dark', words.darkTheme),
      themeCommand('system', words.systemTheme),
      { id: 'density', label: words.toggleDensity, group: words.appearance, run: toggleDensity },
      {
        id: 'palette',
        label: words.search,
        group: words.help,
        keys: 'Mod+k',
        isHidden: true,
        run: openPalette,
      },
      { id: 'help', label: words.shortcuts, group: words.help, keys: '?', run: openHelp },
      { id: 'sign-out', label: words.signOut, group: words.you, run: () => void signOut() },
    ],
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `known` stands for `allowed`
    [known, navigate, openPalette, openHelp],
  )
  useCommands(commands)
}

const themeCommand = (theme: Theme, label: string): Command => ({
  id: `theme:${theme}`,
  label,
  group: words.appearance,
  run: () => useAppearance.setState({ theme }),
})

function toggleDensity(): void {
  const { density } = useAppearance.getState()
  useAppearance.setState({ density: density === 'compact' ? 'comfortable' : 'compact' })
}
