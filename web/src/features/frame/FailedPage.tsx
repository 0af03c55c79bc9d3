import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { ProblemPanel } from '@/design-system'
import { asProblem } from '@/lib/problem'

/** In place of a page that could not be shown. */
export function FailedPage({ error }: ErrorComponentProps) {
  const router = useRouter()
  return <ProblemPanel problem={asProblem(error)} onRetry={() => void router.invalidate()} />
}
