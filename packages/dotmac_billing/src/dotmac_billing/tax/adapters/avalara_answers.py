"""What AvaTax answers, as a document with its tax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dotmac_billing.tax.documents import TaxableDocument, TaxedDocument
from dotmac_billing.tax.errors import TaxAnswerFaultyError
from dotmac_billing.tax.sums import Taxed, TaxGroup
from dotmac_billing.tax.treatment import EXEMPT, STANDARD, AppliedTax, Treatment, treatment_of
from dotmac_core_ops.money import round_money

_NOTHING = Decimal(0)


def taxed_document(document: TaxableDocument, answer: Mapping[str, Any]) -> TaxedDocument:
    """The answer to `document`; its figures are taken as they are, never worked out again.

    Raises:
        TaxAnswerFaultyError: lines are missing, or what it says of them does not add up.
    """
    by_number = {str(line.get("lineNumber")): line for line in answer.get("lines") or ()}
    nets: list[Decimal] = []
    taxes: list[Decimal] = []
    treatments: list[Treatment | None] = []
    groups: dict[tuple[str, str, Decimal], TaxGroup] = {}
    for number, line in enumerate(document.lines, 1):
        said = by_number.get(str(number))
        if said is None:
            raise TaxAnswerFaultyError("avalara", f"line {number} is missing")
        tax = _sign(line.amount, _amount(said, "tax"))
        if round_money(tax, document.currency) != tax:
            raise TaxAnswerFaultyError("avalara", f"line {number} has parts of a cent")
        details = said.get("details") or ()
        treatment = _treatment(details)
        net = line.amount - tax if line.includes_tax else line.amount
        parts = [_sign(line.amount, _amount(each, "tax")) for each in details]
        if sum(parts, _NOTHING) != tax:
            raise TaxAnswerFaultyError("avalara", f"the details of line {number} do not add up")
        nets.append(net)
        taxes.append(tax)
        treatments.append(treatment)
        if treatment is not None:
            _add(groups, treatment, net, parts)
    total_tax = sum(taxes, _NOTHING)
    if abs(_amount(answer, "totalTax")) != abs(total_tax):
        raise TaxAnswerFaultyError("avalara", "the lines do not add up to the total")
    net = sum(nets, _NOTHING)
    sums = Taxed(nets, taxes, list(groups.values()), net, total_tax, net + total_tax)
    return TaxedDocument(document.id, tuple(treatments), sums)


def _amount(said: Mapping[str, Any], name: str) -> Decimal:
    value = said.get(name)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise TaxAnswerFaultyError("avalara", f"{name} is not a number")
    return value


def _sign(amount: Decimal, tax: Decimal) -> Decimal:
    """AvaTax may write what is returned without its sign."""
    return -abs(tax) if amount < 0 else tax


def _treatment(details: Sequence[Mapping[str, Any]]) -> Treatment | None:
    return treatment_of(*(_applied(each) for each in details)) if details else None


def _applied(detail: Mapping[str, Any]) -> AppliedTax:
    rate = _amount(detail, "rate")
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


def _add(
    groups: dict[tuple[str, str, Decimal], TaxGroup],
    treatment: Treatment,
    net: Decimal,
    parts: Sequence[Decimal],
) -> None:
    for tax, part in zip(treatment.taxes, parts, strict=True):
        key = (treatment.key, tax.code, tax.rate)
        known = groups.get(key)
        if known is None:
            groups[key] = TaxGroup(
                treatment.key,
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
        else:
            groups[key] = known._replace(net=known.net + net, tax=known.tax + part)
