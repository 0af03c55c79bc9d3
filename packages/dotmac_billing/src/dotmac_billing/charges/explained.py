"""An amount with the steps that lead to it, as they stand on an invoice line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from dotmac_billing.charges.exact import EXACT, ZERO, plain
from dotmac_billing.charges.names import ChargeModel


class Step(NamedTuple):
    """One step of a charge: `quantity` at `unit_price` is `amount`, exact and unrounded.

    `kind` says what it is: `flat`, `unit`, `tier`, `flat_fee`, `free`, `package`, `rate`,
    `fixed_fee`, `minimum_per_transaction`, `maximum_per_transaction`, `event_prices`, `included`,
    `window`, `cap`, or what a custom model calls it. A step of a tier holds for what lies above
    `first` up to and including `last` (None: without end). `unit_price` is None where the amount is
    not a product.
    """

    kind: str
    quantity: Decimal
    unit_price: Decimal | None
    amount: Decimal
    first: Decimal | None = None
    last: Decimal | None = None
    label: str | None = None

    @classmethod
    def priced(
        cls, kind: str, quantity: Decimal, unit_price: Decimal, label: str | None = None
    ) -> Step:
        """`quantity` at `unit_price`, multiplied exactly."""
        return cls(kind, quantity, unit_price, EXACT.multiply(quantity, unit_price), label=label)


class Charged(NamedTuple):
    """What is to be paid: the steps add up to `amount` exactly; it is not rounded yet."""

    amount: Decimal
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, steps: Iterable[Step]) -> Charged:
        """The steps with their exact sum."""
        kept = tuple(steps)
        amount = ZERO
        for step in kept:
            amount = EXACT.add(amount, step.amount)
        return cls(amount, kept)


def explanation_json(model: ChargeModel, charged: Charged) -> str:
    """The explanation as compact JSON: numbers are text, what does not apply is left out.

    `{"model":"per_unit","amount":"7.5","steps":[{"kind":"unit","quantity":"3","unit_price":"2.5",
    "amount":"7.5"}]}`
    """
    steps = ",".join([_step_json(step) for step in charged.steps])
    return f'{{"model":"{model.value}","amount":"{plain(charged.amount)}","steps":[{steps}]}}'


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return json.dumps(text)


def _step_json(step: Step) -> str:
    kind, quantity, unit_price, amount, first, last, label = step
    text = f'{{"kind":{_quoted(kind)},"quantity":"{plain(quantity)}"'
    if unit_price is not None:
        text += f',"unit_price":"{plain(unit_price)}"'
    text += f',"amount":"{plain(amount)}"'
    if first is not None:
        text += f',"first":"{plain(first)}"'
    if last is not None:
        text += f',"last":"{plain(last)}"'
    if label is not None:
        text += f',"label":{_quoted(label)}'
    return text + "}"
