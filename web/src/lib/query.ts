import { QueryClient } from '@tanstack/react-query'
import { Problem, UNREACHABLE } from './problem'

const MOST_TRIES = 2
const FRESH_MS = 15_000

/** Whether trying again may help: nobody answered, or the server said it is busy. */
const isPassing = (error: unknown): boolean =>
  error instanceof TypeError ||
  (error instanceof Problem &&
    (error.code === UNREACHABLE || [502, 503, 504].includes(error.status)))

/** What the app has read from the API. Each key begins with the feature's name. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      retry: (failures, error) => failures < MOST_TRIES && isPassing(error),
    },
    mutations: { retry: false },
  },
})
