"""Which plans are meant: `*` any, `product:internet` those of a product, `plan:FIBER-100` one."""

from __future__ import annotations

from typing import Protocol

ANY = "*"
PLAN, PRODUCT = "plan:", "product:"


class Selectable(Protocol):
    """What a selector looks at of a plan."""

    @property
    def code(self) -> str:
        """The plan's code."""
        ...

    @property
    def product_code(self) -> str | None:
        """The code of its product, if it belongs to one."""
        ...


def is_selector(text: str) -> bool:
    """Whether `text` has one of the three forms."""
    return text == ANY or any(
        text.startswith(start) and len(text) > len(start) for start in (PLAN, PRODUCT)
    )


def closeness(selector: str, plan: Selectable) -> int | None:
    """How closely it means this plan: 0 as any, 1 by its product, 2 by itself; None not at all."""
    if selector == ANY:
        return 0
    if plan.product_code is not None and selector == PRODUCT + plan.product_code:
        return 1
    return 2 if selector == PLAN + plan.code else None
