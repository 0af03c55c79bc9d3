/** The front door of the design system: pages import from here and from nowhere deeper. */
export * from './atoms'
export * from './molecules'
export * from './organisms'
export * from './templates'
export { cn } from './class-names'
