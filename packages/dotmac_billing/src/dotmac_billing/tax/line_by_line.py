"""Sums of lines whose taxes are known, each to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from dotmac_billing.tax.sums import Taxed, TaxGroup
from dotmac_billing.tax.treatment import AppliedTax, Treatment

_NOTHING = Decimal(0)
_Rates = tuple[tuple[str, Decimal, bool], ...]


class LineTaxed(NamedTuple):
    """A line before tax, and what each tax of its treatment comes to, in their order."""

    net: Decimal
    treatment: Treatment | None
    parts: Sequence[Decimal] = ()


def summed(lines: Sequence[LineTaxed]) -> tuple[tuple[Treatment | None, ...], Taxed]:
    """The treatments of the lines and their sums; nothing is worked out again.

    Two treatments of one key that are not the same get different keys: `A+B`, `A+B~2`.
    """
    keys: dict[str, _Rates] = {}
    treatments: list[Treatment | None] = []
    groups: dict[tuple[str, str, Decimal], TaxGroup] = {}
    taxes: list[Decimal] = []
    for line in lines:
        taxes.append(sum(line.parts, _NOTHING))
        if line.treatment is None:
            treatments.append(None)
            continue
        treatment = line.treatment._replace(key=_own_key(keys, line.treatment))
        treatments.append(treatment)
        for applied, part in zip(treatment.taxes, line.parts, strict=True):
            _add(groups, treatment.key, applied, line.net, part)
    net, tax = sum((line.net for line in lines), _NOTHING), sum(taxes, _NOTHING)
    sums = Taxed([line.net for line in lines], taxes, list(groups.values()), net, tax, net + tax)
    return tuple(treatments), sums


def _own_key(keys: dict[str, _Rates], treatment: Treatment) -> str:
    rates = tuple((tax.code, tax.rate, tax.is_compound) for tax in treatment.taxes)
    key, number = treatment.key, 1
    while keys.setdefault(key, rates) != rates:
        number += 1
        key = f"{treatment.key}~{number}"
    return key


def _add(
    groups: dict[tuple[str, str, Decimal], TaxGroup],
    key: str,
    tax: AppliedTax,
    net: Decimal,
    part: Decimal,
) -> None:
    known = groups.get((key, tax.code, tax.rate))
    if known is not None:
        net, part = net + known.net, part + known.tax
    groups[key, tax.code, tax.rate] = TaxGroup(
        key,
        tax.code,
        tax.name,
        tax.rate,
        tax.category,
        tax.jurisdiction,
        tax.exemption_reason,
        tax.exemption_code,
        net,
        part,
    )
