"""The rules of EN 16931 on each category of VAT (BR-S, BR-Z, BR-E, BR-AE, BR-IC, BR-G, BR-O …)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from dotmac_billing.documents.code_lists import CATEGORIES, Category, is_exemption_code
from dotmac_billing.documents.document import Document, DocumentLine, TaxSubtotal
from dotmac_billing.documents.findings import Finding

_NOTHING = Decimal(0)


def vat_problems(document: Document) -> Iterator[Finding]:
    """What is wrong with categories, rates, bases and reasons."""
    if not document.taxes:
        yield Finding("BR-CO-18", "There is no breakdown of VAT.", "taxes")
    for line in document.lines:
        yield from _line(line)
    for place, group in enumerate(document.taxes):
        yield from _group(document, group, f"taxes[{place}]")
    for code in dict.fromkeys(line.tax_category for line in document.lines):
        if code in CATEGORIES:
            yield from _category(document, code, CATEGORIES[code])


def _line(line: DocumentLine) -> Iterator[Finding]:
    where = f"lines[{line.position}].tax_rate"
    category = CATEGORIES.get(line.tax_category)
    if category is None:
        yield Finding(
            "BR-CL-18",
            f"{line.tax_category} is no category of VAT.",
            f"lines[{line.position}].tax_category",
        )
        return
    problem = _rate_problem(category, line.tax_rate)
    if problem is not None:
        yield Finding(f"BR-{category.family}-05", problem, where)


def _rate_problem(category: Category, rate: Decimal | None) -> str | None:
    if not category.rated:
        return None if rate is None else f"{category.words} has no rate."
    if rate is None:
        return f"{category.words} needs a rate."
    # IGIC and IPSI know a rate of nothing; the standard rate does not.
    if category.taxed:
        least = rate > 0 if category.family == "S" else rate >= 0
        return None if least else f"{category.words} needs a rate above nothing."
    return None if rate == 0 else f"{category.words} has the rate 0, not {rate * 100:f} %."


def _group(document: Document, group: TaxSubtotal, where: str) -> Iterator[Finding]:
    category = CATEGORIES.get(group.category)
    if category is None:
        yield Finding("BR-CL-17", f"{group.category} is no category of VAT.", f"{where}.category")
        return
    family = category.family
    if category.rated and group.rate is None:
        yield Finding("BR-48", "The rate of a VAT category is missing.", f"{where}.rate")
    base = sum(
        (
            line.net
            for line in document.lines
            if line.tax_category == group.category
            # Without a rate of their own all lines of a category are one group.
            and (not category.taxed or line.tax_rate == group.rate)
        ),
        _NOTHING,
    )
    if base != group.base:
        yield Finding(
            f"BR-{family}-08",
            f"The lines of this category and rate sum to {base:f}, but its base is {group.base:f}.",
            f"{where}.base",
        )
    if not category.taxed and group.tax:
        yield Finding(f"BR-{family}-09", f"{category.words} has no tax.", f"{where}.tax")
    reasoned = bool(group.exemption_reason or group.exemption_code)
    if (category.taxed or category.zero) and reasoned:
        yield Finding(
            f"BR-{family}-10",
            f"{category.words} has no reason for exemption.",
            f"{where}.exemption_reason",
        )
    elif not (category.taxed or category.zero or reasoned):
        yield Finding(
            f"BR-{family}-10",
            f"{category.words} needs the reason why there is no tax.",
            f"{where}.exemption_reason",
        )
    if group.exemption_code is not None and not is_exemption_code(group.exemption_code):
        yield Finding(
            "BR-CL-22", f"{group.exemption_code} is no VATEX code.", f"{where}.exemption_code"
        )


def _category(document: Document, code: str, category: Category) -> Iterator[Finding]:
    family = category.family
    groups = [group for group in document.taxes if group.category == code]
    if not groups:
        yield Finding(f"BR-{family}-01", f"The breakdown of VAT lacks category {code}.", "taxes")
    elif len(groups) > 1 and not category.taxed:
        yield Finding(
            f"BR-{family}-01", f"The breakdown has category {code} more than once.", "taxes"
        )
    if category.taxed:
        rates = {line.tax_rate for line in document.lines if line.tax_category == code}
        for rate in rates - {group.rate for group in groups} if groups else ():
            shown = "none" if rate is None else f"{rate * 100:f} %"
            yield Finding(f"BR-{family}-08", f"The breakdown lacks the rate {shown}.", "taxes")
    yield from _identifiers(document, code, family)
    if code == "K":
        yield from _intra_community(document)
    if code == "O":
        yield from _outside(document)


def _identifiers(document: Document, code: str, family: str) -> Iterator[Finding]:
    """Which parties must be, or must not be, known by a VAT number."""
    seller, buyer = document.seller, document.buyer
    rule = f"BR-{family}-02"
    if code == "O":
        if seller.tax_id or buyer.tax_id:
            yield Finding(rule, "What is not subject to VAT names no VAT numbers.", "seller.tax_id")
        return
    if not seller.tax_id:
        yield Finding(rule, "The seller's VAT number is missing.", "seller.tax_id")
    if code == "AE" and not (buyer.tax_id or buyer.registration):
        yield Finding(rule, "The buyer's VAT number is missing.", "buyer.tax_id")
    if code == "K" and not buyer.tax_id:
        yield Finding(rule, "The buyer's VAT number is missing.", "buyer.tax_id")


def _intra_community(document: Document) -> Iterator[Finding]:
    if document.period is None:
        yield Finding("BR-IC-11", "The period of delivery is missing.", "period")
    if not document.delivery_country:
        yield Finding("BR-IC-12", "The country of delivery is missing.", "delivery_country")


def _outside(document: Document) -> Iterator[Finding]:
    if any(group.category != "O" for group in document.taxes):
        yield Finding("BR-O-11", "Beside category O there is another.", "taxes")
    if any(line.tax_category != "O" for line in document.lines):
        yield Finding("BR-O-12", "Beside lines of category O there are others.", "lines")
