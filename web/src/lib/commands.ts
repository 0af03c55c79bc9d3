/**
 * What can be done from the keyboard: one registry for the command palette, the shortcuts and the
 * page that lists them. A part of the app registers its commands while it is on the screen.
 */
import { useEffect } from 'react'
import { create } from 'zustand'

export interface Command {
  id: string
  label: string
  /** The heading under which it stands, such as `Go to`. */
  group: string
  /** Keys one after the other (`g c`), or together (`Mod+k`). */
  keys?: string
  /** Other words by which people look for it. */
  keywords?: string[]
  /** Only a shortcut, such as the next row: not offered in the palette. */
  isHidden?: boolean
  run: () => void
}

const useRegistry = create<{ commands: readonly Command[] }>(() => ({ commands: [] }))

/** Everything that can be done now. */
export const useAllCommands = (): readonly Command[] => useRegistry((registry) => registry.commands)

/** Offer `commands` while the component is there. Keep the array between renders (`useMemo`). */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => {
    useRegistry.setState((now) => ({ commands: [...now.commands, ...commands] }))
    return () => {
      useRegistry.setState((now) => ({
        commands: now.commands.filter((one) => !commands.includes(one)),
      }))
    }
  }, [commands])
}

const PAUSE_MS = 900 // longer between two keys, and they do not belong together
const EDITABLE = 'input, textarea, select, [contenteditable=true]'

/** The command that `keys`, pressed up to now, stand for; the one registered last goes first. */
export function commandFor(keys: string, commands: readonly Command[]): Command | undefined {
  return commands.findLast((command) => command.keys === keys)
}

/** Listen to the keyboard; what ends it. Letters do nothing while somebody types or answers a dialog. */
export function listenToKeys(target: Window = window): () => void {
  let pressed: { key: string; at: number } | null = null
  const onKey = (event: KeyboardEvent) => {
    const { commands } = useRegistry.getState()
    if (event.ctrlKey || event.metaKey) {
      const command = commandFor(`Mod+${event.key.toLowerCase()}`, commands)
      if (!command) return
      event.preventDefault()
      command.run()
      return
    }
    const where = event.target as Element | null
    const isBusy =
      where?.closest?.(EDITABLE) || document.querySelector('[role=dialog], [role=menu]')
    if (event.altKey || event.defaultPrevented || isBusy) return
    const now = Date.now()
    const before = pressed && now - pressed.at < PAUSE_MS ? `${pressed.key} ` : ''
    const command = commandFor(before + event.key, commands) ?? commandFor(event.key, commands)
    pressed = command ? null : { key: event.key, at: now }
    // A button or a link in focus answers to Enter itself.
    if (!command || (event.key === 'Enter' && where?.closest?.('a, button'))) return
    event.preventDefault()
    command.run()
  }
  target.addEventListener('keydown', onKey)
  return () => target.removeEventListener('keydown', onKey)
}
