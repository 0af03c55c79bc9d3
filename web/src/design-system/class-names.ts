import { clsx, type ClassValue } from 'clsx'
import { extendTailwindMerge } from 'tailwind-merge'

// It has to know our sizes of text, or `text-sm` and `text-quiet` would replace each other.
const merge = extendTailwindMerge({
  extend: {
    classGroups: {
      'font-size': [{ text: ['2xs', 'xs', 'sm', 'base', 'lg', 'xl', '2xl'] }],
      h: ['h-row', 'h-control'],
      shadow: ['shadow-low', 'shadow-high'],
    },
  },
})

/** Class names joined; of two that set the same thing the later one stays. */
export const cn = (...names: ClassValue[]): string => merge(clsx(names))
