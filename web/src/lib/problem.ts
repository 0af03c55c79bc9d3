/** A refusal of the API, or a request that never got an answer. Thrown by every call of `lib/api`. */
export class Problem extends Error {
  override readonly name = 'Problem'

  constructor(
    readonly status: number,
    /** Stable, such as `INVOICE_NOT_FOUND`; branch on this, never on the message. */
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    /** For the person who is asked about it: it stands in the server's log too. */
    readonly requestId: string | null = null,
  ) {
    super(message)
  }

  /** What is wrong with each field of the request, by its dotted path; empty unless it is a 422. */
  get fields(): ReadonlyMap<string, string> {
    const { fields } = this.details
    if (!Array.isArray(fields)) return new Map()
    const mistakes = fields as { path: string; message: string }[]
    return new Map(mistakes.map(({ path, message }) => [path, message]))
  }
}

export const UNREACHABLE = 'UNREACHABLE'

/** The refusal that `response` carries in the envelope. */
export async function problemOf(response: Response): Promise<Problem> {
  const requestId = response.headers.get('x-request-id')
  try {
    const { error } = (await response.json()) as {
      error: { code: string; message: string; details?: Record<string, unknown> }
    }
    return new Problem(response.status, error.code, error.message, error.details ?? {}, requestId)
  } catch {
    // Not ours: a proxy in between answered, with a page or nothing.
    const message = `The server answered ${response.status} without saying why.`
    return new Problem(response.status, 'UNEXPECTED_ANSWER', message, {}, requestId)
  }
}

/** `error` as something that can be shown. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof TypeError) {
    return new Problem(
      0,
      UNREACHABLE,
      'The server cannot be reached. Check the connection and try again.',
    )
  }
  return new Problem(0, 'UNEXPECTED', error instanceof Error ? error.message : String(error))
}
