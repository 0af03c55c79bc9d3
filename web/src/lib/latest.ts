import { useEffect, useState } from 'react'

/**
 * A function that stays the same between renders and does what the latest `work` does: for listeners
 * that are registered once. Not to be called while drawing.
 */
export function useLatest<Args extends unknown[], Result>(
  work: (...args: Args) => Result,
): (...args: Args) => Result {
  const [held] = useState(() => new Held(work))
  useEffect(() => held.hold(work))
  return held.call
}

class Held<Args extends unknown[], Result> {
  constructor(private work: (...args: Args) => Result) {}

  hold(work: (...args: Args) => Result) {
    this.work = work
  }

  call = (...args: Args): Result => this.work(...args)
}
