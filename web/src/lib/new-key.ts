const BYTES = 16

/** A key that nobody else has, such as for `Idempotency-Key`. */
export function newKey(): string {
  // Not `randomUUID`: browsers have it under https only.
  return [...crypto.getRandomValues(new Uint8Array(BYTES))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
}
