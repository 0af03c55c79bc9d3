"""What AvaTax answers, as a document with its tax."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dotmac_billing.tax.documents import TaxableDocument, TaxableLine, TaxedDocument
from dotmac_billing.tax.errors import TaxAnswerFaultyError
from dotmac_billing.tax.line_by_line import LineTaxed, summed
from dotmac_billing.tax.treatment import (
    EXEMPT,
    STANDARD,
    AppliedTax,
    effective_rates,
    treatment_of,
)
from dotmac_core_ops.money import round_money, spread

_NOTHING = Decimal(0)
_RATE = Decimal("1e-6")  # as the taxes of invoices keep it


def taxed_document(document: TaxableDocument, answer: Mapping[str, Any]) -> TaxedDocument:
    """The answer to `document`; its figures are taken as they are, never worked out again.

    Raises:
        TaxAnswerFaultyError: lines are missing, or what it says of them does not add up.
    """
    by_number = {str(line.get("lineNumber")): line for line in answer.get("lines") or ()}
    lines: list[LineTaxed] = []
    for number, line in enumerate(document.lines, 1):
        said = by_number.get(str(number))
        if said is None:
            raise TaxAnswerFaultyError("avalara", f"line {number} is missing")
        lines.append(_line(number, line, said, document.currency))
    treatments, sums = summed(lines)
    if abs(_amount(answer, "totalTax")) != abs(sums.tax):
        raise TaxAnswerFaultyError("avalara", "the lines do not add up to the total")
    return TaxedDocument(document.id, treatments, sums)


def _line(number: int, line: TaxableLine, said: Mapping[str, Any], currency: str) -> LineTaxed:
    tax = _sign(line.amount, _amount(said, "tax"))
    if round_money(tax, currency) != tax:
        raise TaxAnswerFaultyError("avalara", f"line {number} has parts of a cent")
    net = line.amount - tax if line.includes_tax else line.amount
    if line.given is not None:
        if tax != line.given.tax:
            raise TaxAnswerFaultyError("avalara", f"line {number} has not the tax it was given")
        rates = effective_rates(line.given.treatment.taxes)
        return LineTaxed(net, line.given.treatment, spread(tax, rates, currency))
    parts: dict[tuple[str, Decimal], tuple[AppliedTax, Decimal]] = {}
    for each in said.get("details") or ():
        applied, part = _applied(each), _sign(line.amount, _amount(each, "tax"))
        known = parts.get((applied.code, applied.rate))
        parts[applied.code, applied.rate] = (applied, part if known is None else part + known[1])
    amounts = [part for _, part in parts.values()]
    if sum(amounts, _NOTHING) != tax:
        raise TaxAnswerFaultyError("avalara", f"the details of line {number} do not add up")
    if not parts:
        return LineTaxed(net, None)
    return LineTaxed(net, treatment_of(*(applied for applied, _ in parts.values())), amounts)


def _amount(said: Mapping[str, Any], name: str) -> Decimal:
    value = said.get(name)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise TaxAnswerFaultyError("avalara", f"{name} is not a number")
    return value


def _sign(amount: Decimal, tax: Decimal) -> Decimal:
    """AvaTax may write what is returned without its sign."""
    return -abs(tax) if amount < 0 else tax


def _applied(detail: Mapping[str, Any]) -> AppliedTax:
    rate = _amount(detail, "rate").quantize(_RATE)
    place = "-".join(str(detail[name]) for name in ("country", "region") if detail.get(name))
    name = str(detail.get("taxName") or detail.get("jurisName") or "Tax")
    code = str(detail.get("jurisCode") or detail.get("jurisName") or place)
    return AppliedTax(
        code=f"{detail.get('jurisType') or 'Tax'}:{code}",
        name=name,
        rate=rate,
        category=STANDARD if rate else EXEMPT,
        jurisdiction=" ".join(filter(None, (place, str(detail.get("jurisName") or "")))),
        exemption_reason=None if rate else "Not taxable (AvaTax)",
    )
