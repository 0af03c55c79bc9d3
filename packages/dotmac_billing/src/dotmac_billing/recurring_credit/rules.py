"""What is said about recurring credit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_billing.wallets.errors import InvalidGrantError
from dotmac_billing.wallets.opening import is_money
from dotmac_core_ops.months import add_months

_YEAR = 12


@dataclass(frozen=True)
class NewRule:
    """Credit that is granted free every so many months; see `WalletRule`.

    `from_on` None is today. `ends_on` is the first day without; with a subscription it ends with
    it, if that is sooner. `priority` None is the wallet's.
    """

    amount: Decimal
    every_months: int = 1
    from_on: date | None = None
    ends_on: date | None = None
    priority: int | None = None
    keeps: bool = False
    rolls_over_up_to: Decimal | None = None
    subscription_id: UUID | None = None


def require_recurring(new: NewRule, currency: str, today: date) -> None:
    """Refuse a rule that grants nothing.

    Raises:
        InvalidGrantError: names the field that is wrong.
    """
    from_on = new.from_on or today
    if not is_money(new.amount, currency):
        raise InvalidGrantError(f"{new.amount} is no amount of {currency}.", "amount")
    if new.every_months < 1:
        raise InvalidGrantError("It is granted every month at most.", "every_months")
    if from_on < add_months(today, -_YEAR):
        raise InvalidGrantError("It begins a year ago at the earliest.", "from_on")
    if new.ends_on is not None and new.ends_on <= from_on:
        raise InvalidGrantError("It ends after it begins.", "ends_on")
    most = new.rolls_over_up_to
    if most is not None and (new.keeps or not is_money(most, currency)):
        raise InvalidGrantError(
            "Credit rolls over when it ends, up to an amount of money.", "rolls_over_up_to"
        )
