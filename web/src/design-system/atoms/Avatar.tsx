import { cn } from '../class-names'

const initials = (name: string): string => {
  const words = name.trim().split(/\s+/)
  const letters = [words[0]?.[0], words.length > 1 ? words.at(-1)?.[0] : undefined]
  return letters.join('').toUpperCase() || '?'
}

/** Somebody's initials, on a colour that is always the same for the same name. */
export function Avatar({ name, className }: { name: string; className?: string }) {
  const hue = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7)
  return (
    // A picture made of letters, no text: whoever it is stands beside it or in the label.
    <span
      aria-hidden
      data-initials={initials(name)}
      className={cn(
        'inline-grid size-7 shrink-0 place-items-center rounded-full text-2xs font-semibold before:content-[attr(data-initials)]',
        className,
      )}
      style={{
        background: `light-dark(oklch(92% 0.045 ${hue}), oklch(34% 0.06 ${hue}))`,
        color: `light-dark(oklch(38% 0.09 ${hue}), oklch(88% 0.06 ${hue}))`,
      }}
    />
  )
}
