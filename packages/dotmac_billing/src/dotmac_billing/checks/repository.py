"""The standing checks, each one query that returns what should not be there."""

from __future__ import annotations

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.checks import book_queries
from dotmac_core_ops.database import driver_connection

UNBALANCED_ENTRIES = """
SELECT entry_id::text AS subject, 'its postings sum to ' || sum(amount) AS problem
FROM billing.ledger_postings GROUP BY entry_id HAVING sum(amount) <> 0
"""

# What a source takes off or adds to what the customer owes. Of a payment that is all of it, of a
# credit note what settles the invoice or stays as credit; what is to be paid back is owed to the
# customer. A void invoice has a second entry that takes the first one back.
SOURCES = """
WITH booked AS (
  SELECT e.source_type, e.source_id, sum(p.amount) FILTER (WHERE a.code = 'receivable') AS amount
  FROM billing.ledger_entries e
  LEFT JOIN billing.ledger_postings p ON p.entry_id = e.id
  LEFT JOIN billing.ledger_accounts a ON a.id = p.account_id
  GROUP BY e.source_type, e.source_id
), sources AS (
  SELECT 'invoice' AS kind, id, number AS subject, total AS amount FROM billing.invoices
  UNION ALL SELECT 'invoice_void', i.id, i.number, -i.total FROM billing.invoices i
    JOIN billing.invoice_balances b ON b.id = i.id WHERE b.status = 'void'
  UNION ALL SELECT 'payment', id, id::text, -amount FROM billing.payments WHERE kind = 'payment'
  UNION ALL SELECT 'credit_note', id, number, -(settled + credited) FROM billing.credit_notes
  UNION ALL SELECT 'write_off', id, id::text, -amount FROM billing.write_offs
)
SELECT s.subject, 'changes what is owed by ' || s.amount || ' and in the books by '
  || coalesce(b.amount, 0) AS problem
FROM sources s LEFT JOIN booked b ON b.source_type = s.kind AND b.source_id = s.id
WHERE coalesce(b.amount, 0) <> s.amount
"""

RECEIVABLE = """
WITH booked AS (
  SELECT p.customer_id, e.currency, sum(p.amount) AS amount
  FROM billing.ledger_postings p
  JOIN billing.ledger_accounts a ON a.id = p.account_id
  JOIN billing.ledger_entries e ON e.id = p.entry_id
  WHERE a.code = 'receivable' GROUP BY p.customer_id, e.currency
), owed AS (
  SELECT customer_id, currency, sum(amount) AS amount FROM (
    SELECT customer_id, currency, amount_due AS amount FROM billing.invoice_balances
    UNION ALL SELECT customer_id, currency, -unapplied FROM billing.payment_balances
  ) both_sides GROUP BY customer_id, currency
)
SELECT coalesce(booked.customer_id, owed.customer_id)::text AS subject,
  'has ' || coalesce(booked.amount, 0) || ' receivable in the books; open invoices less credit are '
  || coalesce(owed.amount, 0) AS problem
FROM booked FULL JOIN owed
  ON owed.customer_id = booked.customer_id AND owed.currency = booked.currency
WHERE coalesce(booked.amount, 0) <> coalesce(owed.amount, 0)
"""

# Numbers that were left out when the next one was raised are counted as `skipped`.
NUMBERS = """
WITH issued AS (
  SELECT series, count(*) AS rows, count(DISTINCT sequence) AS numbers,
         min(sequence) AS lowest, max(sequence) AS highest
  FROM (SELECT series, sequence FROM billing.invoices
        UNION ALL SELECT series, sequence FROM billing.credit_notes) numbered
  GROUP BY series
)
SELECT coalesce(s.series, i.series) AS subject, 'has ' || coalesce(i.numbers, 0)
  || ' numbers up to ' || coalesce(i.highest, 0) || ', left out ' || coalesce(s.skipped, 0)
  || ' and goes on with ' || coalesce(s.next_sequence, 0) AS problem
FROM billing.number_series s FULL JOIN issued i ON i.series = s.series
WHERE coalesce(s.next_sequence, 0) <> coalesce(i.numbers, 0) + coalesce(s.skipped, 0) + 1
   OR coalesce(i.highest, 0) >= coalesce(s.next_sequence, 0)
   OR coalesce(i.lowest, 1) < 1 OR coalesce(i.rows, 0) <> coalesce(i.numbers, 0)
"""

TOTALS = """
WITH lines AS (
  SELECT invoice_id, sum(net) AS net FROM billing.invoice_lines GROUP BY invoice_id
), taxes AS (
  SELECT invoice_id, sum(tax) AS tax FROM billing.invoice_taxes GROUP BY invoice_id
)
SELECT i.number AS subject, 'says ' || i.net || ' + ' || i.tax || ' = ' || i.total
  || '; its lines sum to ' || coalesce(l.net, 0) || ', its taxes to '
  || coalesce(t.tax, 0) AS problem
FROM billing.invoices i
LEFT JOIN lines l ON l.invoice_id = i.id
LEFT JOIN taxes t ON t.invoice_id = i.id
WHERE i.net <> coalesce(l.net, 0) OR i.tax <> coalesce(t.tax, 0) OR i.total <> i.net + i.tax
"""

# An invoice below zero has paid itself: it left credit.
INVOICE_BALANCES = """
WITH applied AS (
  SELECT invoice_id, sum(amount) AS amount FROM (
    SELECT invoice_id, amount FROM billing.payment_allocations
    UNION ALL SELECT invoice_id, -amount FROM billing.wallet_movements
      WHERE kind IN ('drawn', 'returned')
    UNION ALL SELECT id, total FROM billing.invoices WHERE total < 0
  ) parts GROUP BY invoice_id
), given_up AS (
  SELECT invoice_id, sum(amount) AS amount FROM billing.write_offs GROUP BY invoice_id
), noted AS (
  SELECT invoice_id, sum(total) AS amount FROM billing.credit_notes GROUP BY invoice_id
)
SELECT i.number AS subject, 'is over ' || i.total || ' with ' || coalesce(a.amount, 0)
  || ' allocated, ' || coalesce(w.amount, 0) || ' given up and ' || coalesce(n.amount, 0)
  || ' credited; its balance says ' || coalesce(b.amount_paid, 0) || ' paid, '
  || coalesce(b.amount_written_off, 0) || ' given up, ' || coalesce(b.amount_credited, 0)
  || ' credited, ' || coalesce(b.amount_due, 0) || ' due, '
  || coalesce(b.status, 'nothing') AS problem
FROM billing.invoices i
LEFT JOIN billing.invoice_balances b ON b.id = i.id
LEFT JOIN applied a ON a.invoice_id = i.id
LEFT JOIN given_up w ON w.invoice_id = i.id
LEFT JOIN noted n ON n.invoice_id = i.id
WHERE b.id IS NULL OR b.total <> i.total OR b.amount_paid <> coalesce(a.amount, 0)
   OR b.amount_written_off <> coalesce(w.amount, 0) OR b.amount_credited <> coalesce(n.amount, 0)
   OR b.amount_credited + b.amount_written_off > greatest(b.total, 0)
   OR b.amount_due < 0 OR b.amount_due <> CASE WHEN b.status = 'void' THEN 0
        ELSE b.total - b.amount_paid - b.amount_written_off END
   OR b.status <> CASE
        WHEN b.status = 'void' AND b.amount_paid = 0 AND b.amount_written_off = 0 THEN 'void'
        WHEN b.amount_written_off > 0 AND b.amount_due = 0 THEN 'uncollectible'
        WHEN b.amount_due = 0 THEN 'paid'
        WHEN b.status = 'uncollectible' THEN 'uncollectible'
        WHEN b.amount_paid = 0 AND b.amount_written_off = 0 THEN 'open'
        ELSE 'partially_paid' END
"""

# Nothing can be taken back that was not charged.
CREDITED_LINES = """
WITH credited AS (
  SELECT invoice_line_id AS id, sum(net) AS net FROM billing.credit_note_lines GROUP BY 1
)
SELECT i.number || ' line ' || l.position AS subject, 'is over ' || l.net || ' with '
  || c.net || ' credited' AS problem
FROM credited c
JOIN billing.invoice_lines l ON l.id = c.id
JOIN billing.invoices i ON i.id = l.invoice_id
WHERE abs(c.net) > abs(l.net) OR c.net * l.net < 0
"""

CREDIT_NOTES = """
WITH lines AS (
  SELECT credit_note_id, sum(net) AS net FROM billing.credit_note_lines GROUP BY 1
), taxes AS (
  SELECT credit_note_id, sum(tax) AS tax FROM billing.credit_note_taxes GROUP BY 1
)
SELECT n.number AS subject, 'says ' || n.net || ' + ' || n.tax || ' = ' || n.total || ', used as '
  || n.settled || ' + ' || n.credited || ' + ' || n.to_refund || '; its lines sum to '
  || coalesce(l.net, 0) || ', its taxes to ' || coalesce(t.tax, 0) || ', its credit to '
  || coalesce(p.amount, 0) AS problem
FROM billing.credit_notes n
LEFT JOIN lines l ON l.credit_note_id = n.id
LEFT JOIN taxes t ON t.credit_note_id = n.id
LEFT JOIN billing.payments p ON p.kind = 'credit_note' AND p.source_id = n.id
LEFT JOIN billing.credit_note_refunds f ON f.id = n.id
WHERE n.net <> coalesce(l.net, 0) OR n.tax <> coalesce(t.tax, 0) OR n.total <> n.net + n.tax
   OR n.total <> n.settled + n.credited + n.to_refund
   OR coalesce(p.amount, 0) <> n.settled + n.credited
   OR coalesce(f.amount, 0) <> n.to_refund OR coalesce(f.paid, 0) > n.to_refund
"""

REFUNDS = """
WITH booked AS (
  SELECT e.currency, sum(p.amount) AS amount FROM billing.ledger_postings p
  JOIN billing.ledger_accounts a ON a.id = p.account_id
  JOIN billing.ledger_entries e ON e.id = p.entry_id
  WHERE a.code = 'refunds' GROUP BY e.currency
), owed AS (
  SELECT currency, sum(amount - paid) AS amount FROM billing.credit_note_refunds GROUP BY currency
)
SELECT coalesce(booked.currency, owed.currency) AS subject, 'has ' || coalesce(owed.amount, 0)
  || ' to be paid back and ' || coalesce(-booked.amount, 0) || ' in the books' AS problem
FROM booked FULL JOIN owed ON owed.currency = booked.currency
WHERE coalesce(-booked.amount, 0) <> coalesce(owed.amount, 0)
"""

PAYMENT_BALANCES = """
WITH applied AS (
  SELECT payment_id, sum(amount) AS amount FROM (
    SELECT payment_id, amount FROM billing.payment_allocations
    -- Put into a wallet, less what was taken back out of it.
    UNION ALL SELECT g.payment_id, m.amount FROM billing.wallet_grants g
      JOIN billing.wallet_movements m ON m.grant_id = g.id AND m.kind IN ('granted', 'voided')
      WHERE g.payment_id IS NOT NULL
  ) parts GROUP BY payment_id
)
SELECT p.id::text AS subject, 'is over ' || p.amount || ' with ' || coalesce(a.amount, 0)
  || ' allocated; its balance says ' || coalesce(b.unapplied, 0) || ' is left' AS problem
FROM billing.payments p
LEFT JOIN billing.payment_balances b ON b.id = p.id
LEFT JOIN applied a ON a.payment_id = p.id
WHERE b.id IS NULL OR b.unapplied <> p.amount - coalesce(a.amount, 0) OR b.unapplied < 0
"""

PREPAID_CREDIT = """
WITH booked AS (
  SELECT e.currency, -sum(p.amount) AS amount FROM billing.ledger_postings p
  JOIN billing.ledger_accounts a ON a.id = p.account_id
  JOIN billing.ledger_entries e ON e.id = p.entry_id
  WHERE a.code = 'customer_credit' GROUP BY e.currency
), owed AS (
  SELECT currency, sum(remaining) AS amount FROM billing.wallet_grants
  WHERE is_paid GROUP BY currency
)
SELECT coalesce(booked.currency, owed.currency) AS subject, 'has ' || coalesce(owed.amount, 0)
  || ' of paid credit in wallets and ' || coalesce(booked.amount, 0) || ' in the books' AS problem
FROM booked FULL JOIN owed ON owed.currency = booked.currency
WHERE coalesce(booked.amount, 0) <> coalesce(owed.amount, 0)
"""

WALLETS = """
WITH moved AS (
  SELECT grant_id, sum(amount) AS amount, sum(amount) FILTER (WHERE kind = 'granted') AS granted
  FROM billing.wallet_movements GROUP BY grant_id
)
SELECT g.id::text AS subject, 'is over ' || g.amount || ' with ' || g.remaining
  || ' left; its movements leave ' || coalesce(m.amount, 0) || ' of '
  || coalesce(m.granted, 0) AS problem
FROM billing.wallet_grants g LEFT JOIN moved m ON m.grant_id = g.id
WHERE g.remaining <> coalesce(m.amount, 0) OR g.amount <> coalesce(m.granted, 0)
   OR g.remaining < 0
"""

REDEMPTIONS = """
WITH used AS (
  SELECT redemption_id, count(*) AS uses, sum(amount) AS amount
  FROM billing.coupon_uses c WHERE NOT EXISTS (
    SELECT FROM billing.invoice_balances b WHERE b.id = c.invoice_id AND b.status = 'void')
  GROUP BY redemption_id
)
SELECT r.id::text AS subject, 'says ' || r.taken_off || ' on ' || r.uses || ' invoices; it was '
  || coalesce(u.amount, 0) || ' on ' || coalesce(u.uses, 0) AS problem
FROM billing.coupon_redemptions r LEFT JOIN used u ON u.redemption_id = r.id
WHERE r.taken_off <> coalesce(u.amount, 0) OR r.uses <> coalesce(u.uses, 0)
"""

CHECKS: dict[str, str] = {
    "entries_balance": UNBALANCED_ENTRIES,
    "sources_are_booked": SOURCES,
    "receivable_is_what_is_owed": RECEIVABLE,
    "numbers_have_no_gap": NUMBERS,
    "totals_equal_lines": TOTALS,
    "invoices_are_paid_as_allocated": INVOICE_BALANCES,
    "payments_are_used_as_allocated": PAYMENT_BALANCES,
    "prepaid_credit_is_owed": PREPAID_CREDIT,
    "wallets_add_up": WALLETS,
    "discounts_are_as_used": REDEMPTIONS,
    "credit_notes_add_up": CREDIT_NOTES,
    "lines_are_not_credited_twice": CREDITED_LINES,
    "refunds_are_what_is_owed": REFUNDS,
    "deferred_revenue_is_to_be_earned": book_queries.DEFERRED_REVENUE,
    "schedules_add_up": book_queries.SCHEDULES,
    "tax_payable_is_on_documents": book_queries.TAX_PAYABLE,
    "closed_months_stand": book_queries.CLOSED_MONTHS,
}
"""Every check with the query that has a row (subject, problem) for each case."""


class CheckRepository:
    """Asks the session's tenant's books."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, check: str, most: int) -> list[asyncpg.Record]:
        """Cases of one of the `CHECKS`, `most` of them, each with the number of all."""
        connection = await driver_connection(self._session)
        return await connection.fetch(
            "SELECT subject, problem, count(*) OVER () AS cases "  # noqa: S608 (queries above)
            f"FROM ({CHECKS[check]}) found LIMIT {most:d}"
        )
