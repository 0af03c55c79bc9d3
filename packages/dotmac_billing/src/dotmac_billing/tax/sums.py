"""Net, tax and total of lines: where the cents go."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from dotmac_billing.settings.tax_rounding import TaxRounding
from dotmac_billing.tax.treatment import AppliedTax, Treatment, effective_rates
from dotmac_core_ops.money import currency_exponent, round_money

__all__ = ["TaxGroup", "TaxRounding", "Taxed", "TaxedLine", "apportioned", "taxed"]

_NOTHING = Decimal(0)
_ONE = Decimal(1)

TaxedLine = tuple[Decimal, Treatment | None, bool]
"""A line's amount in whole minor units, its treatment, and whether the tax is in the amount."""


class TaxGroup(NamedTuple):
    """One tax on all lines of one treatment: the amount it is charged on, and what it comes to.

    `net` of a compound tax has the taxes before it in it.
    """

    treatment: str
    code: str
    name: str
    rate: Decimal
    category: str
    jurisdiction: str | None
    exemption_reason: str | None
    exemption_code: str | None
    net: Decimal
    tax: Decimal


class Taxed(NamedTuple):
    """The lines with their tax: `nets` and `taxes` by line, which sum to `net` and `tax` exactly.

    `total` is `net` plus `tax`. Lines without a treatment are in `net` and in no group.
    """

    nets: list[Decimal]
    taxes: list[Decimal]
    groups: list[TaxGroup]
    net: Decimal
    tax: Decimal
    total: Decimal


class _Bundle(NamedTuple):
    """The lines that are taxed together, and their amount."""

    treatment: Treatment
    is_inclusive: bool
    lines: list[int]
    amount: Decimal


def taxed(lines: Sequence[TaxedLine], currency: str, rounding: TaxRounding) -> Taxed:
    """Net, tax and total of `lines`; amounts may be negative.

    The tax is rounded as `rounding` says and shared out to the lines by largest remainder. With the
    tax in the amount it is amount * r / (1 + r), and the net amount is what is left.

    Source: EN 16931, BR-CO-10, BR-CO-14 and BR-CO-17.
    """
    simple = _in_one_group(lines, currency) if rounding is TaxRounding.GROUP else None
    if simple is not None:
        return simple
    nets = [amount for amount, _, _ in lines]
    taxes = [_NOTHING] * len(lines)
    bundles = _bundles(lines)
    parts = [_parts(bundle, lines, currency, rounding) for bundle in bundles]
    if rounding is TaxRounding.DOCUMENT:
        parts = _shared_out(parts, currency)
    groups: dict[tuple[str, Decimal], list[TaxGroup]] = {}
    for bundle, by_tax in zip(bundles, parts, strict=True):
        treatment = bundle.treatment
        whole = sum(by_tax, _NOTHING)
        amounts = [lines[line][0] for line in bundle.lines]
        by_line = _by_line(bundle, whole, amounts, currency, rounding)
        for line, share in zip(bundle.lines, by_line, strict=True):
            taxes[line] = share
            if bundle.is_inclusive:
                nets[line] -= share
        net = bundle.amount - whole if bundle.is_inclusive else bundle.amount
        made = _groups(treatment, net, by_tax)
        key = (treatment.key, treatment.rate)
        groups[key] = _merged(groups[key], made) if key in groups else made
    net = sum(nets, _NOTHING)
    tax = sum(taxes, _NOTHING)
    found = [group for each in groups.values() for group in each]
    return Taxed(nets, taxes, found, net, tax, net + tax)


def _in_one_group(lines: Sequence[TaxedLine], currency: str) -> Taxed | None:
    """The quick way for what most invoices are: one tax at one rate on top of every line."""
    if not lines:
        return Taxed([], [], [], _NOTHING, _NOTHING, _NOTHING)
    treatment = lines[0][1]
    net = _NOTHING
    for amount, other, is_inclusive in lines:
        if other is not treatment or is_inclusive:
            return None
        net += amount
    nets = [line[0] for line in lines]
    if treatment is None:
        return Taxed(nets, [_NOTHING] * len(nets), [], net, _NOTHING, net)
    if len(treatment.taxes) > 1:
        return None
    rate = treatment.rate
    tax = round_money(net * rate, currency)
    groups = [_group(treatment.key, treatment.taxes[0], net, tax)]
    if len(nets) == 1:
        taxes = [tax]
    elif rate:
        taxes = apportioned(tax, [amount * rate for amount in nets], currency)
    else:
        taxes = [_NOTHING] * len(nets)
    return Taxed(nets, taxes, groups, net, tax, net + tax)


def _bundles(lines: Sequence[TaxedLine]) -> list[_Bundle]:
    """Lines by treatment and by whether the tax is in the amount, in the order they come up."""
    found: dict[tuple[str, Decimal, bool], _Bundle] = {}
    for line, (amount, treatment, is_inclusive) in enumerate(lines):
        if treatment is None:
            continue
        key = (treatment.key, treatment.rate, is_inclusive)
        known = found.get(key)
        if known is None:
            found[key] = _Bundle(treatment, is_inclusive, [line], amount)
        else:
            known.lines.append(line)
            found[key] = known._replace(amount=known.amount + amount)
    return list(found.values())


def _parts(
    bundle: _Bundle, lines: Sequence[TaxedLine], currency: str, rounding: TaxRounding
) -> list[Decimal]:
    """What each of the bundle's taxes comes to; for a document not rounded yet."""
    if rounding is TaxRounding.DOCUMENT:
        return _exact(bundle.amount, bundle.treatment, is_inclusive=bundle.is_inclusive)
    if rounding is TaxRounding.GROUP:
        return _rounded(bundle.amount, bundle, currency)
    sums = [_NOTHING] * len(bundle.treatment.taxes)
    for line in bundle.lines:
        amounts = _rounded(lines[line][0], bundle, currency)
        sums = [so_far + part for so_far, part in zip(sums, amounts, strict=True)]
    return sums


def _exact(amount: Decimal, treatment: Treatment, *, is_inclusive: bool) -> list[Decimal]:
    rates = effective_rates(treatment.taxes)
    if is_inclusive:
        gross = _ONE + treatment.rate
        return [amount * rate / gross for rate in rates]
    return [amount * rate for rate in rates]


def _rounded(amount: Decimal, bundle: _Bundle, currency: str) -> list[Decimal]:
    """Each tax on `amount`; with the tax inside, their sum is rounded and then shared out."""
    treatment = bundle.treatment
    if bundle.is_inclusive:
        whole = round_money(amount * treatment.rate / (_ONE + treatment.rate), currency)
        return apportioned(whole, _exact(amount, treatment, is_inclusive=True), currency)
    parts: list[Decimal] = []
    for tax in treatment.taxes:
        base = amount + sum(parts, _NOTHING) if tax.is_compound else amount
        parts.append(round_money(base * tax.rate, currency))
    return parts


def _shared_out(parts: list[list[Decimal]], currency: str) -> list[list[Decimal]]:
    """The parts rounded so that they sum to their rounded sum."""
    flat = [part for each in parts for part in each]
    whole = round_money(sum(flat, _NOTHING), currency)
    shares = iter(apportioned(whole, flat, currency))
    return [[next(shares) for _ in each] for each in parts]


def _by_line(
    bundle: _Bundle, whole: Decimal, amounts: list[Decimal], currency: str, rounding: TaxRounding
) -> list[Decimal]:
    """The bundle's tax for each of its lines."""
    if rounding is TaxRounding.LINE:
        return [sum(_rounded(amount, bundle, currency), _NOTHING) for amount in amounts]
    rate = bundle.treatment.rate
    below = _ONE + rate if bundle.is_inclusive else _ONE
    return apportioned(whole, [amount * rate / below for amount in amounts], currency)


def _groups(treatment: Treatment, net: Decimal, amounts: list[Decimal]) -> list[TaxGroup]:
    groups = []
    before = _NOTHING
    for tax, amount in zip(treatment.taxes, amounts, strict=True):
        groups.append(_group(treatment.key, tax, net + before if tax.is_compound else net, amount))
        before += amount
    return groups


def _group(key: str, tax: AppliedTax, net: Decimal, amount: Decimal) -> TaxGroup:
    # `AppliedTax` has the fields in their order, with `is_compound` between; made so, it takes half
    # the time, and every invoice makes one.
    return TaxGroup._make((key, *tax[:3], *tax[4:], net, amount))


def _merged(known: list[TaxGroup], more: list[TaxGroup]) -> list[TaxGroup]:
    """The groups of lines with the tax on top and of lines with the tax inside, as one each."""
    return [
        one._replace(net=one.net + other.net, tax=one.tax + other.tax)
        for one, other in zip(known, more, strict=True)
    ]


def apportioned(whole: Decimal, exact: Sequence[Decimal], currency: str) -> list[Decimal]:
    """`whole`, in minor units of `currency`, shared out nearly as `exact` says; it sums to `whole`.

    Each share is rounded down, and the units that are left go to those that lost most by it, the
    first of equals first (largest remainder).
    """
    unit = _ONE.scaleb(-currency_exponent(currency))
    shares = [share.quantize(unit, ROUND_FLOOR) for share in exact]
    left = int((whole - sum(shares, _NOTHING)) / unit)
    if not left:
        return shares
    each, some = divmod(left, len(shares))
    by_loss = sorted(range(len(shares)), key=lambda i: shares[i] - exact[i])
    for rank, i in enumerate(by_loss):
        shares[i] += unit * (each + (rank < some))
    return shares
