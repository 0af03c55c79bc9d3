import { CircleAlert, RotateCw } from 'lucide-react'
import type { Problem } from '@/lib/problem'
import { Button } from '../atoms'

const HTTP_FORBIDDEN = 403
const HTTP_NOT_FOUND = 404

/** What somebody can do about it, beside trying again. */
function advice(problem: Problem): string {
  if (problem.status === 0) return 'What you have typed is still here.'
  if (problem.status === HTTP_FORBIDDEN) return 'Ask somebody who may change your role.'
  if (problem.status === HTTP_NOT_FOUND) return 'It may have been removed, or the address is wrong.'
  return 'If it stays like this, tell support the number below.'
}

/** In place of what could not be shown: what happened, and what to do. */
export function ProblemPanel({ problem, onRetry }: { problem: Problem; onRetry?: () => void }) {
  return (
    <div
      role="alert"
      className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-16 text-center"
    >
      <span className="grid size-10 place-items-center rounded-full bg-bad-soft text-bad">
        <CircleAlert className="size-5" />
      </span>
      <p className="font-medium">{problem.message}</p>
      <p className="text-sm text-quiet">{advice(problem)}</p>
      {onRetry && problem.status !== HTTP_FORBIDDEN && (
        <Button className="mt-2" icon={<RotateCw />} onClick={onRetry}>
          Try again
        </Button>
      )}
      {problem.requestId && (
        <p className="mt-2 font-mono text-2xs text-faint">{problem.requestId}</p>
      )}
    </div>
  )
}

/** A refusal beside what was refused, such as above the buttons of a form. */
export function ProblemNote({ problem }: { problem: Problem }) {
  return (
    <div role="alert" className="flex gap-2 rounded-md bg-bad-soft px-3 py-2 text-sm text-bad">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>{problem.message}</span>
    </div>
  )
}
