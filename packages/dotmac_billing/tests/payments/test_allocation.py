from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.payments.allocation import (
    Credit,
    Debt,
    pay_as_told,
    pay_oldest_first,
    take_credit,
)
from dotmac_billing.payments.errors import AllocationTooLargeError, InvoiceNotPayableError

OLD, NEW, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
AMOUNTS = st.decimals(Decimal("0.01"), Decimal(1000), places=2)


def debts() -> list[Debt]:
    return [Debt(OLD, Decimal(30)), Debt(NEW, Decimal(50))]


@pytest.mark.parametrize(
    ("amount", "paid"),
    [
        ("20", {OLD: "20"}),
        ("30", {OLD: "30"}),
        ("40", {OLD: "30", NEW: "10"}),
        ("100", {OLD: "30", NEW: "50"}),
    ],
)
def test_the_oldest_debt_is_paid_first(amount: str, paid: dict[UUID, str]) -> None:
    parts = pay_oldest_first(Decimal(amount), debts())

    assert parts == [(invoice, Decimal(part)) for invoice, part in paid.items()]


def test_an_allocation_is_done_as_told() -> None:
    assert pay_as_told(Decimal(40), {NEW: Decimal(35)}, debts()) == [(NEW, Decimal(35))]


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ({OLD: Decimal(31)}, AllocationTooLargeError),
        ({OLD: Decimal(30), NEW: Decimal(11)}, AllocationTooLargeError),
        ({OLD: Decimal(0)}, AllocationTooLargeError),
        ({OLD: Decimal(-1)}, AllocationTooLargeError),
        ({OTHER: Decimal(1)}, InvoiceNotPayableError),
    ],
)
def test_an_allocation_that_cannot_be_is_refused(
    wanted: dict[UUID, Decimal], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        pay_as_told(Decimal(40), wanted, debts())


def test_an_invoice_takes_the_oldest_credit_first_and_uses_it_up() -> None:
    left = [Credit(OLD, Decimal(30)), Credit(NEW, Decimal(50))]

    assert take_credit(Decimal(35), left) == [(OLD, Decimal(30)), (NEW, Decimal(5))]
    assert left == [Credit(NEW, Decimal(45))]


@given(amount=AMOUNTS, owed=st.lists(AMOUNTS, max_size=6))
def test_nothing_is_lost_between_payment_and_debts(amount: Decimal, owed: list[Decimal]) -> None:
    open_debts = [Debt(UUID(int=n), due) for n, due in enumerate(owed)]

    paid = pay_oldest_first(amount, open_debts)

    used = sum((part for _, part in paid), Decimal(0))
    assert used == min(amount, sum(owed, Decimal(0)))
    assert sum((debt.due for debt in open_debts), Decimal(0)) == sum(owed, Decimal(0)) - used
