/** Every part of the app, by hand and in order: what is not in this list does not exist for the frame. */
import { customers } from './customers/feature'
import type { Feature } from './feature'

export const FEATURES: readonly Feature[] = [customers]
