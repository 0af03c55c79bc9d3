import { createFileRoute } from '@tanstack/react-router'
import { GalleryPage } from '@/features/gallery/GalleryPage'
import { words } from '@/features/gallery/words'

export const Route = createFileRoute('/_app/design')({
  loader: () => ({ crumb: words.title }),
  component: GalleryPage,
})
