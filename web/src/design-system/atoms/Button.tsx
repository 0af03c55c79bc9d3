import { cva, type VariantProps } from 'class-variance-authority'
import { Slot } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from '../class-names'
import { Spinner } from './Spinner'

const look = cva(
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors select-none disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      tone: {
        /** The one thing that the page is for. At most one in sight. */
        primary: 'bg-accent text-on-accent shadow-low hover:bg-accent-hover',
        plain: 'border bg-panel text-text shadow-low hover:bg-sunken dark:bg-raised',
        quiet: 'text-quiet hover:bg-hover hover:text-text',
        danger: 'bg-bad-strong text-on-accent shadow-low hover:opacity-90',
      },
      size: {
        normal: 'h-control px-3 text-sm',
        small: 'h-7 px-2 text-xs pointer-coarse:h-9',
        icon: 'size-control text-sm',
      },
    },
    defaultVariants: { tone: 'plain', size: 'normal' },
  },
)

export interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof look> {
  /** Wear the button's looks on the only child, such as a link. */
  asChild?: boolean
  /** At work: shows it, and takes no second click. */
  busy?: boolean
  icon?: ReactNode
}

export function Button({
  tone,
  size,
  asChild,
  busy,
  icon,
  className,
  children,
  ...rest
}: ButtonProps) {
  const classes = cn(look({ tone, size }), className)
  if (asChild) {
    return (
      <Slot.Root className={classes} {...rest}>
        {children}
      </Slot.Root>
    )
  }
  return (
    <button
      type="button"
      className={classes}
      {...rest}
      disabled={rest.disabled || busy}
      aria-busy={busy || undefined}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  )
}

/** A button that is only a picture; `label` says what it does, to everybody who asks. */
export function IconButton({
  label,
  icon,
  tone = 'quiet',
  ...rest
}: Omit<ButtonProps, 'size' | 'children'> & { label: string }) {
  return (
    <Button tone={tone} size="icon" aria-label={label} title={label} {...rest}>
      {icon}
    </Button>
  )
}
