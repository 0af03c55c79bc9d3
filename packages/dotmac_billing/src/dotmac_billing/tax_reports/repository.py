"""Queries of tax reports."""

from __future__ import annotations

from datetime import date
from enum import Enum

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import driver_connection


class ReportPeriod(Enum):
    """How long the periods of a report are; they follow the calendar."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


# Every change of tax owed on its day, as the books have it: an invoice when it is issued, a credit
# note when it is issued, a void invoice once more with the sign turned when it was voided.
_REPORT = """
WITH changes AS (
  SELECT i.issued_on AS on_day, t.id AS tax_id, i.id AS document_id, i.currency, t.net, t.tax
  FROM billing.invoices i JOIN billing.invoice_taxes t ON t.invoice_id = i.id
  WHERE i.issued_on BETWEEN $2 AND $3
  UNION ALL
  SELECT b.closed_on, t.id, i.id, i.currency, -t.net, -t.tax
  FROM billing.invoice_balances b
  JOIN billing.invoices i ON i.id = b.id
  JOIN billing.invoice_taxes t ON t.invoice_id = i.id
  WHERE b.status = 'void' AND b.closed_on BETWEEN $2 AND $3
  UNION ALL
  SELECT n.issued_on, c.invoice_tax_id, n.id, n.currency, -c.net, -c.tax
  FROM billing.credit_notes n JOIN billing.credit_note_taxes c ON c.credit_note_id = n.id
  WHERE n.issued_on BETWEEN $2 AND $3
)
SELECT date_trunc($1, c.on_day)::date AS period_start, c.currency, t.jurisdiction, t.tax_code,
       coalesce(nullif(max(t.name), ''), t.tax_code) AS name, t.category, t.rate,
       count(DISTINCT c.document_id) AS documents, sum(c.net) AS net, sum(c.tax) AS tax
FROM changes c JOIN billing.invoice_taxes t ON t.id = c.tax_id
GROUP BY 1, 2, 3, 4, t.category, t.rate
ORDER BY 1, 2, 3 NULLS FIRST, 4, t.category, t.rate
"""


class TaxReportRepository:
    """Reads the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def report(self, period: ReportPeriod, first: date, last: date) -> list[asyncpg.Record]:
        """What was taxed from `first` to `last`, both included, by period and tax."""
        connection = await driver_connection(self._session)
        return await connection.fetch(_REPORT, period.value, first, last)
