/** Theme and density: chosen once, kept on this device, applied to the document. */
import { create } from 'zustand'
import { persist } from 'zustand/middleware'

export type Theme = 'light' | 'dark' | 'system'
export type Density = 'comfortable' | 'compact'

interface Appearance {
  theme: Theme
  density: Density
}

export const useAppearance = create<Appearance>()(
  persist((): Appearance => ({ theme: 'system', density: 'comfortable' }), {
    name: 'dotmac.appearance', // public/appearance.js reads it before the app has loaded
  }),
)

const isDarkSystem = () => matchMedia('(prefers-color-scheme: dark)')

function apply({ theme, density }: Appearance): void {
  const isDark = theme === 'dark' || (theme === 'system' && isDarkSystem().matches)
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
  document.documentElement.dataset.density = density
}

/** Keep the document as chosen, and with the system where that is the choice. */
export function followAppearance(): void {
  apply(useAppearance.getState())
  useAppearance.subscribe(apply)
  isDarkSystem().addEventListener('change', () => apply(useAppearance.getState()))
}
