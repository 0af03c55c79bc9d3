import { Link } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { Button, EmptyState } from '@/design-system'
import { words } from './words'

export function NotFoundPage() {
  return (
    <div className="grid min-h-[60vh] place-items-center">
      <EmptyState
        icon={<Compass />}
        title={words.notFound}
        action={
          <Button asChild>
            <Link to="/">{words.start}</Link>
          </Button>
        }
      >
        {words.notFoundHint}
      </EmptyState>
    </div>
  )
}
