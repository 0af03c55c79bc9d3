// A spreadsheet takes these for the start of a formula; the API's own exports do the same.
const FORMULA = /^[=+\-@\t\r]/
const QUOTED = /[",\n\r]/

function cell(value: string | number | null | undefined): string {
  const text = value === null || value === undefined ? '' : String(value)
  const safe = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Rows as CSV (RFC 4180). Cells that a spreadsheet would run begin with an apostrophe. */
export function csv(rows: readonly (readonly (string | number | null | undefined)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}
