import { DetailPage } from '@/design-system'
import { AtomSamples } from './AtomSamples'
import { MoleculeSamples } from './MoleculeSamples'
import { OrganismSamples } from './OrganismSamples'
import { words } from './words'

export function GalleryPage() {
  return (
    <DetailPage title={words.title} subtitle={words.subtitle}>
      <div className="flex flex-col gap-10">
        <AtomSamples />
        <MoleculeSamples />
        <OrganismSamples />
      </div>
    </DetailPage>
  )
}
