import { formatter, useWriting } from './locale'
import { number } from './money'

/** The words for each count that the language tells apart; `#` stands for the count. */
export type Counted = { one: string; other: string } & Partial<Record<Intl.LDMLPluralRule, string>>

/** `count(3, { one: '# customer', other: '# customers' })` is `3 customers`. */
export function count(of: number, words: Counted, locale = useWriting.getState().locale): string {
  const rules = formatter(`plural ${locale}`, () => new Intl.PluralRules(locale))
  return (words[rules.select(of)] ?? words.other).replace('#', number(of, 0, locale))
}
