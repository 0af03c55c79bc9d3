"""What an invoice still holds after what was taken back of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_core_ops.money import round_money

_NOTHING = Decimal(0)


class HeldLine(NamedTuple):
    """A line of the invoice. `credited` is what credit notes took back of its net amount, `units`
    how many of its units by quantity; `reversed` is what later invoices took back.
    """

    id: UUID
    position: int
    description: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax_code: str | None
    tax_rate: Decimal | None
    credited: Decimal = _NOTHING
    units: Decimal = _NOTHING
    reversed: Decimal = _NOTHING

    @property
    def left(self) -> Decimal:
        """What can still be taken back, before tax."""
        return self.net - self.credited - self.reversed


class HeldTax(NamedTuple):
    """A tax of the invoice with what credit notes took back of its base and of itself.

    `treatment` and `line_rate` are the tax code and rate of the lines that bear it.
    """

    id: UUID
    treatment: str
    line_rate: Decimal
    net: Decimal
    tax: Decimal
    credited_net: Decimal = _NOTHING
    credited_tax: Decimal = _NOTHING


class Pot(NamedTuple):
    """The lines that are taxed alike, and the taxes on them."""

    lines: tuple[HeldLine, ...]
    taxes: tuple[HeldTax, ...]
    currency: str

    @property
    def net(self) -> Decimal:
        """What the lines were over."""
        return sum((line.net for line in self.lines), _NOTHING)

    @property
    def left(self) -> Decimal:
        """What the lines still hold."""
        return sum((line.left for line in self.lines), _NOTHING)

    @property
    def gross_left(self) -> Decimal:
        """What the lines still hold, with tax."""
        return self.left + sum(self.taxes_of(self.left), _NOTHING)

    def taxes_of(self, net: Decimal) -> list[Decimal]:
        """What `net` more taken back of the lines takes back of each tax.

        Tax is worked out on all that was taken back so far and this, and what was taken back
        before is taken off: so that many small credit notes add up to the tax of one large one,
        and all of them together to the tax of the invoice.
        """
        return [self._target(tax.tax, net) - tax.credited_tax for tax in self.taxes]

    def bases_of(self, net: Decimal) -> list[Decimal]:
        """What `net` more taken back takes back of the base of each tax."""
        return [self._target(tax.net, net) - tax.credited_net for tax in self.taxes]

    def _target(self, whole: Decimal, net: Decimal) -> Decimal:
        total = self.net
        if not total:
            return _NOTHING
        credited = sum((line.credited for line in self.lines), _NOTHING)
        back = sum((line.reversed for line in self.lines), _NOTHING)
        reached = round_money(whole * (credited + back + net) / total, self.currency)
        # What later invoices took back went off the tax there.
        return reached - round_money(whole * back / total, self.currency) if back else reached


def pots(lines: Sequence[HeldLine], taxes: Sequence[HeldTax], currency: str) -> list[Pot]:
    """Lines and taxes by how they are taxed, in the order of the first line of each."""
    grouped: dict[tuple[str | None, Decimal | None], tuple[list[HeldLine], list[HeldTax]]] = {}
    for line in lines:
        rate = None if line.tax_code is None else line.tax_rate
        grouped.setdefault((line.tax_code, rate), ([], []))[0].append(line)
    for tax in taxes:
        grouped[tax.treatment, tax.line_rate][1].append(tax)
    return [Pot(tuple(members), tuple(own), currency) for members, own in grouped.values()]
