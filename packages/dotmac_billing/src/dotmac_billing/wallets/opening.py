"""What is said about a wallet, and about the credit that is put into it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_billing.wallets.errors import InvalidGrantError, InvalidWalletError
from dotmac_core_ops.money import round_money

_HIGHEST = Decimal(10) ** 12


@dataclass(frozen=True)
class NewWallet:
    """A wallet to be. `currency` None means the customer's; empty lists do not narrow.

    `low_below`: when less can be used, that is announced, and with `tops_up_when_low` the wallet is
    topped up by `top_up_amount`. It also is every `top_up_every_months`, first on `top_up_from_on`.
    """

    customer_id: UUID
    name: str
    currency: str | None = None
    priority: int = 0
    plan_ids: tuple[UUID, ...] = ()
    component_codes: tuple[str, ...] = ()
    subscription_id: UUID | None = None
    low_below: Decimal | None = None
    top_up_amount: Decimal | None = None
    tops_up_when_low: bool = False
    top_up_every_months: int | None = None
    top_up_from_on: date | None = None


@dataclass(frozen=True)
class NewGrant:
    """Credit to be. `expires_on` is the first day it cannot be used; `priority` None the wallet's.

    The lowest priority is used first.
    """

    amount: Decimal
    expires_on: date | None = None
    priority: int | None = None
    note: str | None = None


@dataclass(frozen=True)
class WalletSettings:
    """What can be changed of a wallet; see `Wallet`."""

    name: str
    priority: int
    low_below: Decimal | None
    top_up_amount: Decimal | None
    tops_up_when_low: bool
    top_up_every_months: int | None
    top_up_anchor_on: date | None
    next_top_up_on: date | None


@dataclass(frozen=True)
class WalletChange:
    """New values; None keeps the old. Zero for an amount or a number of months takes it away.

    `top_up_from_on` is the first day of the new rhythm; None is today.
    """

    name: str | None = None
    priority: int | None = None
    low_below: Decimal | None = None
    top_up_amount: Decimal | None = None
    tops_up_when_low: bool | None = None
    top_up_every_months: int | None = None
    top_up_from_on: date | None = None


def settings_of(new: NewWallet, today: date) -> WalletSettings:
    """The settings that a wallet begins with."""
    first = None if new.top_up_every_months is None else new.top_up_from_on or today
    return WalletSettings(
        name=new.name,
        priority=new.priority,
        low_below=new.low_below,
        top_up_amount=new.top_up_amount,
        tops_up_when_low=new.tops_up_when_low,
        top_up_every_months=new.top_up_every_months,
        top_up_anchor_on=first,
        next_top_up_on=first,
    )


def changed(settings: WalletSettings, change: WalletChange, today: date) -> WalletSettings:
    """The settings after a change."""
    said = {name: value for name, value in vars(change).items() if value is not None}
    from_on = said.pop("top_up_from_on", None)
    for name in ("low_below", "top_up_amount", "top_up_every_months"):
        if name in said:
            said[name] = said[name] or None
    after = replace(settings, **said)
    if after.top_up_every_months is None:
        return replace(after, top_up_anchor_on=None, next_top_up_on=None)
    if from_on is not None or after.top_up_every_months != settings.top_up_every_months:
        first = from_on or today
        return replace(after, top_up_anchor_on=first, next_top_up_on=first)
    return after


def require_sound(settings: WalletSettings, currency: str) -> None:
    """Refuse a wallet that could not do what it is to do.

    Raises:
        InvalidWalletError: names the field that is wrong.
        InvalidCurrencyError: not an ISO 4217 currency.
    """
    for name in ("low_below", "top_up_amount"):
        amount = getattr(settings, name)
        if amount is not None and not is_money(amount, currency):
            raise InvalidWalletError(f"{amount} is no amount of {currency}.", name)
    every = settings.top_up_every_months
    if every is not None and every < 1:
        raise InvalidWalletError("It is topped up every month at most.", "top_up_every_months")
    if (settings.tops_up_when_low or every is not None) and settings.top_up_amount is None:
        raise InvalidWalletError("By how much is it topped up?", "top_up_amount")
    if settings.tops_up_when_low and settings.low_below is None:
        raise InvalidWalletError("When is it low?", "low_below")


def require_grantable(new: NewGrant, currency: str, today: date) -> None:
    """Refuse credit that nobody could use.

    Raises:
        InvalidGrantError: nothing or less, a fraction of a minor unit, or expired by `today`.
    """
    if not is_money(new.amount, currency):
        raise InvalidGrantError(f"{new.amount} is no amount of {currency}.", "amount")
    if new.expires_on is not None and new.expires_on <= today:
        raise InvalidGrantError("It would have expired already.", "expires_on")


def is_money(amount: Decimal, currency: str) -> bool:
    """Whether it is above zero and in whole minor units of the currency."""
    return amount.is_finite() and 0 < amount <= _HIGHEST and amount == round_money(amount, currency)
