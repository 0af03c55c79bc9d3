// Applies the chosen theme and density before the app has loaded. `lib/appearance.ts` keeps them.
;(() => {
  let chosen = {}
  try {
    chosen = JSON.parse(localStorage.getItem('dotmac.appearance') ?? '{}').state ?? {}
  } catch {
    // Storage is switched off or holds something else: the system's own appearance is right then.
  }
  const isDark =
    chosen.theme === 'dark' ||
    (chosen.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
  document.documentElement.dataset.density =
    chosen.density === 'compact' ? 'compact' : 'comfortable'
})()
