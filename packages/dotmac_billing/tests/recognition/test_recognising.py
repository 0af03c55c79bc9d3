"""A year paid ahead, month by month, in the books."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.corrections.service import CorrectionService
from dotmac_billing.credit_notes.asked import LineCredit, NewCreditNote
from dotmac_billing.credit_notes.reasons import CreditReason
from dotmac_billing.credit_notes.service import issue_credit_note
from dotmac_billing.settings.recognition import Recognition

from .conftest import Books

JAN_1 = date(2026, 1, 1)
MARCH_31 = date(2026, 3, 31)


async def test_a_year_paid_ahead_is_deferred_and_earned_by_month(books: Books) -> None:
    await books.yearly("1200.00", JAN_1)
    await books.billed(JAN_1)

    assert await books.accounts() == {
        "receivable": "1440.00",
        "deferred_revenue": "-1200.00",
        "tax_payable": "-240.00",
    }
    assert await books.recognised(MARCH_31) == Decimal("300.00")
    # Each month on its last day.
    assert (await books.accounts(date(2026, 1, 30))).get("revenue") is None
    assert (await books.accounts(date(2026, 1, 31)))["revenue"] == "-100.00"
    assert (await books.accounts(date(2026, 2, 28)))["revenue"] == "-200.00"
    assert (await books.accounts(MARCH_31))["deferred_revenue"] == "-900.00"


async def test_doing_it_again_books_nothing(books: Books) -> None:
    await books.yearly("1200.00", JAN_1)
    await books.billed(JAN_1)
    await books.recognised(MARCH_31)

    assert await books.recognised(MARCH_31) == 0
    assert await books.recognised(date(2026, 2, 28)) == 0
    assert await books.recognised(date(2026, 12, 31)) == Decimal("900.00")
    assert await books.recognised(date(2030, 12, 31)) == 0


async def test_at_invoice_everything_is_revenue_at_once(books: Books) -> None:
    await books.recognises(Recognition.AT_INVOICE)
    await books.yearly("1200.00", JAN_1)
    await books.billed(JAN_1)

    assert (await books.accounts())["revenue"] == "-1200.00"
    assert await books.recognised(date(2027, 1, 1)) == 0


@pytest.mark.parametrize(
    ("through", "credit", "revenue", "deferred"),
    [
        # 300.00 earned, 900.00 not: a credit of 600.00 takes none of what is earned.
        (MARCH_31, "600.00", "-300.00", "-300.00"),
        # 1,000.00 takes all 900.00 and 100.00 of what is earned.
        (MARCH_31, "1000.00", "-200.00", None),
        (JAN_1, "1200.00", None, None),
    ],
)
async def test_a_credit_takes_what_is_deferred_first_and_the_rest_is_planned_anew(
    books: Books, through: date, credit: str, revenue: str | None, deferred: str | None
) -> None:
    await books.yearly("1200.00", JAN_1)
    [invoice_id] = await books.billed(JAN_1)
    line_id = await books.line_of(invoice_id)
    if through != JAN_1:
        await books.recognised(through)

    async def note(session: AsyncSession) -> None:
        await issue_credit_note(
            session,
            NewCreditNote(
                invoice_id,
                CreditReason.OTHER,
                lines=(LineCredit(line_id, amount=Decimal(credit)),),
                issued_on=date(2026, 4, 1),
            ),
        )

    await books.database.run(books.tenant.id, note)

    accounts = await books.accounts()
    assert (accounts.get("revenue"), accounts.get("deferred_revenue")) == (revenue, deferred)
    await books.sound()
    await books.recognised(date(2026, 12, 31))
    accounts = await books.accounts()
    left = Decimal(1200) - Decimal(credit)
    assert accounts.get("deferred_revenue") is None
    assert accounts.get("revenue") == (f"{-left:.2f}" if left else None)


async def test_a_void_invoice_leaves_no_revenue_and_nothing_deferred(books: Books) -> None:
    await books.yearly("1200.00", JAN_1)
    [invoice_id] = await books.billed(JAN_1)
    await books.recognised(MARCH_31)

    async def void(session: AsyncSession) -> None:
        await CorrectionService(session).void(invoice_id, "By mistake")

    await books.database.run(books.tenant.id, void)

    assert await books.accounts() == {}
    assert await books.recognised(date(2026, 12, 31)) == 0


async def test_what_is_billed_late_is_earned_from_the_day_it_is_billed(books: Books) -> None:
    await books.yearly("1200.00", JAN_1)
    await books.recognised(MARCH_31)
    await books.billed(JAN_1)

    assert await books.recognised(date(2026, 4, 30)) == Decimal("400.00")
