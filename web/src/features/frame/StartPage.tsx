import { DoorOpen } from 'lucide-react'
import { EmptyState } from '@/design-system'
import { words } from './words'

/** For somebody whose role opens nothing. */
export function StartPage() {
  return <EmptyState icon={<DoorOpen />} title={words.noPlaces} />
}
