"""What can be done with the books: add to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.ledger.chart import RECEIVABLE
from dotmac_billing.ledger.closing import require_open
from dotmac_billing.ledger.entries import Entry
from dotmac_billing.ledger.errors import ReportPeriodError
from dotmac_billing.ledger.repository import LedgerRepository, ledger_tables
from dotmac_billing.ledger.trial_balance import TrialBalance, trial_balances
from dotmac_billing.ledger.turnover import BEGINNING, reach
from dotmac_core_ops.clock import Clock
from dotmac_core_ops.database import clock_of, new_id


class LedgerService:
    """Appends entries. Nothing in the books is ever changed; a mistake is answered by an entry."""

    def __init__(self, repository: LedgerRepository, clock: Clock) -> None:
        self._repository = repository
        self._clock = clock

    @classmethod
    def within(cls, session: AsyncSession) -> LedgerService:
        """The service of the session's tenant."""
        return cls(LedgerRepository(session), clock_of(session))

    async def post(self, entries: Iterable[Entry]) -> int:
        """Write all of them, set-wise; how many. One source can be posted once only.

        Raises:
            PeriodClosedError: an entry is of a day up to which the books are closed.
        """
        entries = list(entries)
        require_open([entry.occurred_on for entry in entries], await self._repository.closed_on())
        accounts = await self._repository.accounts()
        now = self._clock.now()
        entry_rows = []
        posting_rows = []
        for entry in entries:
            entry_id = new_id()
            entry_rows.append(
                (
                    *(entry_id, entry.occurred_on, entry.source_type, entry.source_id),
                    *(entry.currency, entry.description, now, entry.reverses_id),
                )
            )
            posting_rows += [
                (
                    *(new_id(), entry_id, accounts[code]),
                    *(entry.customer_id if code == RECEIVABLE else None, amount),
                )
                for code, amount in entry.postings
            ]
        await self._repository.append(ledger_tables(entry_rows, posting_rows, reversing=True))
        return len(entry_rows)


async def trial_balance(
    session: AsyncSession, from_on: date | None, to_on: date
) -> list[TrialBalance]:
    """A trial balance for each currency over `from_on` (None: the beginning) to `to_on`, both
    included. Accounts that nothing was ever posted to are left out.

    Raises:
        ReportPeriodError: the last day is before the first.
    """
    start = from_on or BEGINNING
    if to_on < start:
        raise ReportPeriodError(start, to_on)
    repository = LedgerRepository(session)
    closed_on = await repository.closed_on()
    rows = await repository.turnover(
        reach(BEGINNING, start, closed_on), reach(start, to_on + timedelta(days=1), closed_on)
    )
    return trial_balances(rows, start, to_on)
