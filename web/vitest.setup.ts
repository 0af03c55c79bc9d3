import '@testing-library/jest-dom/vitest'
import { cleanup } from '@testing-library/react'
import { afterEach } from 'vitest'

afterEach(cleanup)

// What jsdom lacks of a browser. Sizes are given, so that virtual lists show rows.
class Observer {
  observe() {}
  unobserve() {}
  disconnect() {}
}
globalThis.ResizeObserver = Observer
globalThis.matchMedia = (query: string) =>
  ({
    matches: false,
    media: query,
    addEventListener: () => {},
    removeEventListener: () => {},
  }) as unknown as MediaQueryList
Element.prototype.scrollIntoView = () => {}
Object.defineProperty(Element.prototype, 'clientHeight', { get: () => 600 })
Object.defineProperty(Element.prototype, 'clientWidth', { get: () => 1000 })
