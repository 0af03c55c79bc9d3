import { useQuery } from '@tanstack/react-query'
import { LogOut } from 'lucide-react'
import { Avatar, Menu, MenuChoices, MenuItem, MenuLine } from '@/design-system'
import { useAppearance, type Density, type Theme } from '@/lib/appearance'
import { accountQuery } from '@/lib/me'
import { signOut } from '@/lib/session'
import { words } from './words'

const choices = <K extends string>(labels: Record<K, string>) =>
  Object.entries<string>(labels).map(([value, label]) => ({ value, label }))

/** Oneself: who one is here, how it looks, the way out. */
export function ProfileMenu() {
  const { data: account } = useQuery(accountQuery)
  const { theme, density } = useAppearance()
  return (
    <Menu
      className="w-60"
      trigger={
        <button type="button" aria-label={words.you} className="rounded-full p-0.5">
          <Avatar name={account?.name ?? ''} />
        </button>
      }
    >
      <div className="px-2 py-1.5">
        <p className="truncate text-sm font-medium">{account?.name}</p>
        <p className="truncate text-xs text-quiet">{account?.email}</p>
      </div>
      <MenuLine />
      <MenuChoices
        label={words.theme}
        value={theme}
        choices={choices(words.themes)}
        onChange={(value) => useAppearance.setState({ theme: value as Theme })}
      />
      <MenuLine />
      <MenuChoices
        label={words.density}
        value={density}
        choices={choices(words.densities)}
        onChange={(value) => useAppearance.setState({ density: value as Density })}
      />
      <MenuLine />
      <MenuItem onSelect={() => void signOut()}>
        <LogOut /> {words.signOut}
      </MenuItem>
    </Menu>
  )
}
