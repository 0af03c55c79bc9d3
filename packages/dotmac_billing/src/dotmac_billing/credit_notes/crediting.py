"""What a credit note takes back: lines, taxes, and never more than the invoice still holds."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.credit_notes.asked import LineCredit
from dotmac_billing.credit_notes.errors import (
    CreditAmountInvalidError,
    CreditedLineUnknownError,
    CreditTooLargeError,
)
from dotmac_billing.credit_notes.held import HeldLine, HeldTax, Pot, pots
from dotmac_core_ops.money import round_money, spread

_NOTHING = Decimal(0)
_ONE = Decimal(1)
_PRICE_DIGITS = Decimal("1e-12")


class CreditedLine(NamedTuple):
    """What is taken back of a line. `units` is zero where an amount was asked for."""

    line: HeldLine
    quantity: Decimal
    unit_price: Decimal
    units: Decimal
    net: Decimal


class CreditedTax(NamedTuple):
    """What is taken back of a tax and of its base."""

    tax_id: UUID
    net: Decimal
    tax: Decimal


class Credited(NamedTuple):
    """All that a credit note takes back; `total` is `net` plus `tax`."""

    lines: list[CreditedLine]
    taxes: list[CreditedTax]
    net: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """With tax."""
        return self.net + self.tax


class _Part(NamedTuple):
    """A line's share of the credit: net, and units of it when they were counted."""

    line: HeldLine
    net: Decimal
    units: Decimal


def credit_rest(lines: Sequence[HeldLine], taxes: Sequence[HeldTax], currency: str) -> Credited:
    """All that is left, also of lines below zero."""
    return _credited(
        [(pot, _parts_left(pot), pot.taxes_of(pot.left)) for pot in pots(lines, taxes, currency)]
    )


def credit_lines(
    asked: Sequence[LineCredit],
    lines: Sequence[HeldLine],
    taxes: Sequence[HeldTax],
    currency: str,
) -> Credited:
    """What is asked of each line, with the tax on it.

    The amount for a quantity is that of the line in proportion, worked out on all units taken back
    so far, so that ten times a tenth is the whole.

    Raises:
        CreditedLineUnknownError: not a line of the invoice, or named twice.
        CreditAmountInvalidError: nothing or less, or a fraction of a minor unit.
        CreditTooLargeError: more than the line still holds.
    """
    by_id = {line.id: line for line in lines}
    parts: dict[UUID, _Part] = {}
    for one in asked:
        line = by_id.get(one.line_id)
        if line is None or line.id in parts:
            raise CreditedLineUnknownError(one.line_id)
        parts[line.id] = _part(line, one, currency)
    found = []
    for pot in pots(lines, taxes, currency):
        wanted = [parts[line.id] for line in pot.lines if line.id in parts]
        if wanted:
            net = sum((part.net for part in wanted), _NOTHING)
            found.append((pot, wanted, pot.taxes_of(net)))
    return _credited(found)


def credit_amount(
    amount: Decimal, lines: Sequence[HeldLine], taxes: Sequence[HeldTax], currency: str
) -> Credited:
    """`amount` with tax, spread over what is left in proportion, by largest remainder.

    Raises:
        CreditAmountInvalidError: nothing or less, or a fraction of a minor unit.
        CreditTooLargeError: more than is left.
    """
    _require_amount(amount, currency)
    holding = [pot for pot in pots(lines, taxes, currency) if pot.gross_left > 0]
    left = sum((pot.gross_left for pot in holding), _NOTHING)
    if amount > left:
        raise CreditTooLargeError(amount, left)
    shares = spread(amount, [pot.gross_left for pot in holding], currency)
    found = []
    for pot, gross in zip(holding, shares, strict=True):
        if not gross:
            continue
        tax_left = [max(tax, _NOTHING) for tax in pot.taxes_of(pot.left)]
        net = round_money(gross * pot.left / pot.gross_left, currency)
        # The rounded net must leave a tax that is there to be taken back.
        net = min(max(net, gross - sum(tax_left, _NOTHING)), pot.left, gross)
        weights = [max(line.left, _NOTHING) for line in pot.lines]
        parts = [
            _Part(line, part, _NOTHING)
            for line, part in zip(pot.lines, spread(net, weights, currency), strict=True)
            if part
        ]
        taken = spread(gross - net, tax_left, currency) if pot.taxes else []
        found.append((pot, parts, taken))
    return _credited(found)


def _part(line: HeldLine, asked: LineCredit, currency: str) -> _Part:
    units = _NOTHING
    if asked.quantity is not None:
        units = asked.quantity
        if units <= 0 or asked.amount is not None:
            raise CreditAmountInvalidError(units)
        if units + line.units > line.quantity:
            raise CreditTooLargeError(
                units, max(line.quantity - line.units, _NOTHING), line.position
            )
        before = round_money(line.net * line.units / line.quantity, currency)
        net = round_money(line.net * (line.units + units) / line.quantity, currency) - before
    elif asked.amount is not None:
        _require_amount(asked.amount, currency)
        net = asked.amount
    else:
        return _Part(line, line.left, _units_left(line))
    if net > line.left:
        raise CreditTooLargeError(net, line.left, line.position)
    return _Part(line, net, units)


def _parts_left(pot: Pot) -> list[_Part]:
    return [_Part(line, line.left, _units_left(line)) for line in pot.lines if line.left]


def _units_left(line: HeldLine) -> Decimal:
    """All units when the line is untouched; what is left after amounts is no number of units."""
    return line.quantity if line.left == line.net and line.quantity > 0 else _NOTHING


def _require_amount(amount: Decimal, currency: str) -> None:
    if not amount.is_finite() or amount <= 0 or amount != round_money(amount, currency):
        raise CreditAmountInvalidError(amount)


def _credited(found: Sequence[tuple[Pot, list[_Part], list[Decimal]]]) -> Credited:
    lines: list[CreditedLine] = []
    taxes: list[CreditedTax] = []
    for pot, parts, taken in found:
        lines += [_line(part) for part in parts]
        net = sum((part.net for part in parts), _NOTHING)
        taxes += [
            CreditedTax(tax.id, base, amount)
            for tax, base, amount in zip(pot.taxes, pot.bases_of(net), taken, strict=True)
            if base or amount
        ]
    lines.sort(key=lambda one: one.line.position)
    return Credited(
        lines,
        taxes,
        sum((one.net for one in lines), _NOTHING),
        sum((one.tax for one in taxes), _NOTHING),
    )


def _line(part: _Part) -> CreditedLine:
    """Quantity times price is the net amount, so that a document adds up."""
    line, net, units = part
    if not units:
        return CreditedLine(line, _ONE, net, _NOTHING, net)
    if net == line.net and units == line.quantity:
        return CreditedLine(line, units, line.unit_price, units, net)
    return CreditedLine(line, units, (net / units).quantize(_PRICE_DIGITS), units, net)
