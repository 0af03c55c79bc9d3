"""How an amount came about, in words and figures: a line for each step of a charge."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dotmac_billing.documents.figures import Figures
from dotmac_billing.documents.labels import steps_of

# One step of these says only what the line says already.
_PLAIN = {"flat", "unit"}
_TIMES, _TO = "×", "–"  # noqa: RUF001 - the signs of multiplication and of a range


def explanation_words(
    kept: Mapping[str, Any] | None, figures: Figures, language: str, currency: str
) -> tuple[str, ...]:
    """The steps of an explanation as a line of an invoice keeps it; nothing for plain charges.

    A step of a tier names its bounds, the upper one included, then what times what is how much.
    """
    steps = (kept or {}).get("steps")
    if not isinstance(steps, list) or (len(steps) == 1 and steps[0].get("kind") in _PLAIN):
        return ()
    words = steps_of(language)
    return tuple(_step(step, figures, words, currency) for step in steps)


def _step(
    step: Mapping[str, Any], figures: Figures, words: Mapping[str, str], currency: str
) -> str:
    amount = figures.price(Decimal(step["amount"]), currency)
    price = step.get("unit_price")
    if price is not None:
        quantity = figures.quantity(Decimal(step["quantity"]))
        each = figures.price(Decimal(price), currency)
        amount = f"{quantity} {_TIMES} {each} = {amount}"
    name = step.get("label") or _bounds(step, figures) or words.get(str(step.get("kind")))
    return amount if name is None else f"{name}: {amount}"


def _bounds(step: Mapping[str, Any], figures: Figures) -> str | None:
    first, last = step.get("first"), step.get("last")
    if first is None:
        return None
    if last is None:
        return f"> {figures.quantity(Decimal(first))}"
    low, high = figures.quantity(Decimal(first)), figures.quantity(Decimal(last))
    return f"{low} {_TO} {high}"
