"""The sums that EN 16931 wants to hold in a document, to the cent (BR-CO, BR-DEC)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from dotmac_billing.documents.code_lists import is_currency
from dotmac_billing.documents.document import Document
from dotmac_billing.documents.findings import Finding
from dotmac_core_ops.money import round_money

_NOTHING = Decimal(0)
_CENT = Decimal("0.01")
_MOST_SLACK = Decimal("0.99")


def sums_that_differ(document: Document) -> Iterator[Finding]:
    """Sums that do not hold, and amounts of more than two decimals."""
    yield from _sums(document)
    yield from _rates(document)
    yield from _decimals(document)


def _sums(document: Document) -> Iterator[Finding]:
    lines = sum((line.net for line in document.lines), _NOTHING)
    if lines != document.net:
        yield _differs(
            "BR-CO-10", "The lines sum to", lines, ("the net total", document.net), "net"
        )
    tax = sum((group.tax for group in document.taxes), _NOTHING)
    if tax != document.tax:
        yield _differs("BR-CO-14", "The taxes sum to", tax, ("the tax total", document.tax), "tax")
    total = document.net + document.tax
    if total != document.total:
        yield _differs(
            "BR-CO-15", "Net and tax make", total, ("the total", document.total), "total"
        )
    due = document.total - document.paid
    if due != document.due:
        yield _differs("BR-CO-16", "What is left to pay is", due, ("it", document.due), "due")
    for line in document.lines:
        net = line.gross - line.discount
        if net != line.net:
            where = f"lines[{line.position}].net"
            yield _differs("DM-LINE-NET", "Gross less discount is", net, ("net", line.net), where)


def _rates(document: Document) -> Iterator[Finding]:
    if not is_currency(document.currency):
        return  # BR-CL-04 says so; without its digits nothing can be rounded
    for place, group in enumerate(document.taxes):
        if group.rate is None:
            continue
        tax = round_money(group.base * group.rate, document.currency)
        lines = sum(
            (line.tax_category, line.tax_rate) == (group.category, group.rate)
            for line in document.lines
        )
        # The official artefacts let less than a whole unit pass.
        if abs(tax - group.tax) > min(document.tax_slack * lines, _MOST_SLACK):
            yield _differs(
                "BR-CO-17",
                f"{group.rate * 100:f} % of {group.base:f} is",
                tax,
                ("the tax", group.tax),
                f"taxes[{place}].tax",
            )


def _decimals(document: Document) -> Iterator[Finding]:
    amounts = [
        ("BR-DEC-09", "net", document.net),
        ("BR-DEC-13", "tax", document.tax),
        ("BR-DEC-14", "total", document.total),
        ("BR-DEC-16", "paid", document.paid),
        ("BR-DEC-18", "due", document.due),
    ]
    for place, group in enumerate(document.taxes):
        amounts.append(("BR-DEC-19", f"taxes[{place}].base", group.base))
        amounts.append(("BR-DEC-20", f"taxes[{place}].tax", group.tax))
    for line in document.lines:
        amounts.append(("BR-DEC-23", f"lines[{line.position}].net", line.net))
        amounts.append(("BR-DEC-24", f"lines[{line.position}].discount", line.discount))
    if document.tax_in_own_currency is not None:
        amounts.append(("BR-DEC-15", "tax_in_own_currency", document.tax_in_own_currency))
    for rule, where, amount in amounts:
        if amount % _CENT:
            yield Finding(rule, f"{amount:f} has more than two decimals.", where)


def _differs(
    rule: str, says: str, computed: Decimal, named: tuple[str, Decimal], where: str
) -> Finding:
    name, written = named
    return Finding(rule, f"{says} {computed:f}, but {name} is {written:f}.", where)
