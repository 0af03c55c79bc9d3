const isMac = typeof navigator !== 'undefined' && navigator.userAgent.includes('Mac')

/** Keys as they are printed on the keyboard in front of the person: `Mod` is Ctrl or Command. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="inline-flex gap-0.5">
      {keys.split(' ').map((key) => (
        <kbd
          key={key}
          className="grid h-5 min-w-5 place-items-center rounded-sm border bg-sunken px-1 font-sans text-2xs text-quiet"
        >
          {key === 'Mod' ? (isMac ? '⌘' : 'Ctrl') : key}
        </kbd>
      ))}
    </span>
  )
}
