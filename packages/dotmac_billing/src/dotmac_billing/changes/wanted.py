"""What is said about a change that is wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from dotmac_billing.catalog.terms import ChangeBehaviour
from dotmac_billing.changes.kinds import ChangeAt, Invoicing
from dotmac_billing.subscriptions.starting import StartItem


@dataclass(frozen=True, slots=True)
class When:
    """From which day on, and what becomes of the money.

    `at` None follows from `behaviour`; `on` is given with `DATE` only and may lie up to a year
    back. `behaviour` None is what the catalogue's change rules say.
    """

    at: ChangeAt | None = None
    on: date | None = None
    behaviour: ChangeBehaviour | None = None
    invoicing: Invoicing = Invoicing.NEXT_INVOICE


@dataclass(frozen=True, slots=True)
class Target:
    """An item by its id, or by the code of its component when there is only one of it."""

    component: str | None = None
    item_id: UUID | None = None

    def __str__(self) -> str:
        return str(self.item_id or self.component)


@dataclass(frozen=True, slots=True)
class SetItem:
    """New terms of an item. `quantity` None keeps it; `agreed_price` None keeps the price.

    `at_list_price` gives up a price agreed before.
    """

    target: Target
    quantity: Decimal | None = None
    agreed_price: Decimal | None = None
    at_list_price: bool = False


@dataclass(frozen=True, slots=True)
class AddItems:
    """Components of the plan itself (`plan_version_id` None) or of an add-on; () means all."""

    items: tuple[StartItem, ...] = ()
    plan_version_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class WantedItems:
    """Changes of single items, made together."""

    set: tuple[SetItem, ...] = ()
    add: tuple[AddItems, ...] = ()
    remove: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class WantedPlan:
    """Another plan, or another version of it.

    Without `items` it has every recurring component and meter of the plan; a quantity is kept from
    the item of the same code. Set-up fees are charged only when `items` name them.
    """

    plan_version_id: UUID
    items: tuple[StartItem, ...] = field(default=())
