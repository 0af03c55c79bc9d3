export { ago, day, instant, today } from './dates'
export { useWriting, writeAs } from './locale'
export { money, number, percent, shortMoney, type Amount } from './money'
export { count, type Counted } from './plural'
