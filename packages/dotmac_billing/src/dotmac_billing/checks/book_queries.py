"""Checks of what recognition and tax put into the books, each with a row for each case."""

from __future__ import annotations

_BOOKED = """
  SELECT e.currency, -sum(p.amount) AS amount FROM billing.ledger_postings p
  JOIN billing.ledger_accounts a ON a.id = p.account_id
  JOIN billing.ledger_entries e ON e.id = p.entry_id
  WHERE a.code = '{account}' GROUP BY e.currency
"""

DEFERRED_REVENUE = f"""
WITH booked AS ({_BOOKED.format(account="deferred_revenue")}), owed AS (
  SELECT currency, sum(amount - recognised - taken_back) AS amount
  FROM billing.recognition_schedules GROUP BY currency
)
SELECT coalesce(booked.currency, owed.currency) AS subject, 'has ' || coalesce(owed.amount, 0)
  || ' to be earned and ' || coalesce(booked.amount, 0) || ' deferred in the books' AS problem
FROM booked FULL JOIN owed ON owed.currency = booked.currency
WHERE coalesce(booked.amount, 0) <> coalesce(owed.amount, 0)
"""  # noqa: S608 (our own text)

SCHEDULES = """
WITH moved AS (
  SELECT schedule_id, sum(recognised) AS recognised, sum(taken_back) AS taken_back
  FROM billing.recognition_slices GROUP BY schedule_id
)
SELECT s.invoice_line_id::text AS subject, 'is over ' || s.amount || ' with ' || s.recognised
  || ' earned and ' || s.taken_back || ' taken back; its steps say ' || coalesce(m.recognised, 0)
  || ' and ' || coalesce(m.taken_back, 0) || ', its line '
  || coalesce(l.net::text, 'nothing') AS problem
FROM billing.recognition_schedules s
LEFT JOIN moved m ON m.schedule_id = s.id
LEFT JOIN billing.invoice_lines l ON l.id = s.invoice_line_id
WHERE s.recognised <> coalesce(m.recognised, 0) OR s.taken_back <> coalesce(m.taken_back, 0)
   OR l.id IS NULL OR l.net <> s.amount
   OR (s.amount - s.recognised - s.taken_back) * s.amount < 0
"""

TAX_PAYABLE = f"""
WITH booked AS ({_BOOKED.format(account="tax_payable")}), owed AS (
  SELECT currency, sum(amount) AS amount FROM (
    SELECT i.currency, i.tax AS amount FROM billing.invoices i
    JOIN billing.invoice_balances b ON b.id = i.id WHERE b.status <> 'void'
    UNION ALL SELECT currency, -tax FROM billing.credit_notes
    UNION ALL SELECT i.currency, -w.tax FROM billing.write_offs w
      JOIN billing.invoices i ON i.id = w.invoice_id
  ) parts GROUP BY currency
)
SELECT coalesce(booked.currency, owed.currency) AS subject, 'has ' || coalesce(owed.amount, 0)
  || ' of tax on documents and ' || coalesce(booked.amount, 0) || ' in the books' AS problem
FROM booked FULL JOIN owed ON owed.currency = booked.currency
WHERE coalesce(booked.amount, 0) <> coalesce(owed.amount, 0)
"""  # noqa: S608 (our own text)

CLOSED_MONTHS = """
WITH kept AS (
  SELECT month, account_id, currency, debit, credit FROM billing.ledger_month_sums
), added AS (
  SELECT date_trunc('month', e.occurred_on)::date AS month, p.account_id, e.currency,
    sum(greatest(p.amount, 0)) AS debit, -sum(least(p.amount, 0)) AS credit
  FROM billing.ledger_postings p
  JOIN billing.ledger_entries e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id
  WHERE e.occurred_on <= (SELECT books_closed_on FROM billing.settings) GROUP BY 1, 2, 3
)
SELECT to_char(coalesce(kept.month, added.month), 'YYYY-MM') AS subject, 'was closed with '
  || coalesce(kept.debit, 0) || ' and ' || coalesce(kept.credit, 0) || ' on an account; its '
  || 'entries are ' || coalesce(added.debit, 0) || ' and ' || coalesce(added.credit, 0) AS problem
FROM kept FULL JOIN added ON added.month = kept.month AND added.account_id = kept.account_id
  AND added.currency = kept.currency
WHERE coalesce(kept.debit, 0) <> coalesce(added.debit, 0)
   OR coalesce(kept.credit, 0) <> coalesce(added.credit, 0)
"""
