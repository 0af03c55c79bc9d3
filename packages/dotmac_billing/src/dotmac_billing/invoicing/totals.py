"""Net, tax and total of an invoice."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from dotmac_billing.invoicing.charging import Line
from dotmac_billing.invoicing.errors import NegativeInvoiceError
from dotmac_core_ops.money import round_money

_NOTHING = Decimal(0)


class TaxGroup(NamedTuple):
    """All lines of one tax and rate: their net amount, and the tax on it."""

    code: str
    rate: Decimal
    net: Decimal
    tax: Decimal


class Totals(NamedTuple):
    """`total` is `net` plus `tax`; lines without a tax code are in `net` and in no group."""

    net: Decimal
    tax: Decimal
    total: Decimal
    groups: list[TaxGroup]


def totals(lines: Sequence[Line], currency: str) -> Totals:
    """Sums of the lines; the tax is rounded once for each rate, not for each line.

    Raises:
        NegativeInvoiceError: they sum to less than nothing.

    Source: EN 16931, BR-CO-10, BR-CO-14 and BR-CO-17.
    """
    net = _NOTHING
    grouped: dict[tuple[str, Decimal], Decimal] = {}
    for line in lines:
        net += line.net
        if line.tax_code is not None and line.tax_rate is not None:
            group = (line.tax_code, line.tax_rate)
            grouped[group] = grouped.get(group, _NOTHING) + line.net
    groups = [
        TaxGroup(code, rate, taxed, round_money(taxed * rate, currency))
        for (code, rate), taxed in grouped.items()
    ]
    tax = sum((group.tax for group in groups), _NOTHING)
    total = net + tax
    if total < 0:
        raise NegativeInvoiceError(total, currency)
    return Totals(net, tax, total, groups)
