"""HTTP shapes of changes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator

from dotmac_billing.catalog.schemas import Code, Price
from dotmac_billing.catalog.terms import ChangeBehaviour, ChangeDirection
from dotmac_billing.changes.kinds import ChangeAt, ChangeKind, ChangeStatus, Invoicing
from dotmac_billing.changes.wanted import (
    AddItems,
    SetItem,
    Target,
    WantedItems,
    When,
)
from dotmac_billing.subscriptions.schemas import Day, ItemIn, Quantity
from dotmac_billing.subscriptions.starting import MOST_ITEMS, StartItem
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel

InvoicingField = Annotated[
    Invoicing, Field(description="Whether the money moved is billed at once or with the next.")
]


class TargetIn(RequestModel):
    """An item by its id, or by the component's code when there is only one of it."""

    component: Code | None = None
    item_id: UUID | None = None

    @model_validator(mode="after")
    def _one(self) -> TargetIn:
        if (self.component is None) == (self.item_id is None):
            raise ValueError("Give either `component` or `item_id`.")
        return self

    def target(self) -> Target:
        """As changes take it."""
        return Target(self.component, self.item_id)


class SetItemIn(TargetIn):
    """New terms of an item; what is left out stays. `at_list_price` gives up an agreed price."""

    quantity: Quantity | None = None
    agreed_price: Price | None = None
    at_list_price: bool = False

    def wanted(self) -> SetItem:
        """As changes take it."""
        return SetItem(self.target(), self.quantity, self.agreed_price, self.at_list_price)


class AddIn(RequestModel):
    """Components of an add-on (all of them when `items` is left out), or of the plan itself."""

    plan_version_id: UUID | None = None
    items: Annotated[list[ItemIn], Field(max_length=MOST_ITEMS)] = []

    def wanted(self) -> AddItems:
        """As changes take it."""
        return AddItems(_items(self.items), self.plan_version_id)


def _items(items: list[ItemIn]) -> tuple[StartItem, ...]:
    return tuple(StartItem(**dict(item)) for item in items)


class WhenIn(RequestModel):
    """From which day on, and what becomes of the money; see the change rules of the catalogue."""

    at: ChangeAt | None = None
    on: Day | None = None
    behaviour: ChangeBehaviour | None = None
    invoicing: InvoicingField = Invoicing.NEXT_INVOICE

    def when(self) -> When:
        """As changes take it."""
        return When(self.at, self.on, self.behaviour, self.invoicing)


class ChangeIn(WhenIn):
    """Another plan (`plan_id` or `plan_version_id`, with `items`), or changes of single items."""

    plan_id: UUID | None = None
    plan_version_id: UUID | None = None
    items: Annotated[list[ItemIn], Field(max_length=MOST_ITEMS)] = []
    set: Annotated[list[SetItemIn], Field(max_length=MOST_ITEMS)] = []
    add: Annotated[list[AddIn], Field(max_length=MOST_ITEMS)] = []
    remove: Annotated[list[TargetIn], Field(max_length=MOST_ITEMS)] = []

    model_config = RequestModel.model_config | {
        "json_schema_extra": {
            "examples": [
                {
                    "set": [{"component": "seat", "quantity": 12}],
                    "at": "now",
                    "invoicing": "next_invoice",
                }
            ]
        }
    }

    @model_validator(mode="after")
    def _one_kind(self) -> ChangeIn:
        is_plan = self.plan_id is not None or self.plan_version_id is not None
        if is_plan == bool(self.set or self.add or self.remove):
            raise ValueError("Give either a plan, or items to set, add or remove.")
        if self.items and not is_plan:
            raise ValueError("`items` are those of the plan that is changed to.")
        return self

    @property
    def start_items(self) -> tuple[StartItem, ...]:
        """The items of the plan that is changed to."""
        return _items(self.items)

    def wanted(self) -> WantedItems:
        """The changes of single items."""
        return WantedItems(
            tuple(one.wanted() for one in self.set),
            tuple(one.wanted() for one in self.add),
            tuple(one.target() for one in self.remove),
        )


class ChangeLineOut(ResponseModel):
    """What is credited (below zero) or charged, before tax unless `includes_tax`."""

    kind: str
    description: str
    quantity: JsonMoney
    unit_price: JsonMoney
    amount: JsonMoney
    includes_tax: bool
    tax_code: str | None
    period_start: date | None
    period_end: date | None
    item_id: UUID | None
    reverses_line_id: UUID | None


class ChangeMadeOut(ResponseModel):
    """What came of a change. `net` is what is charged less what is credited."""

    id: UUID
    subscription_id: UUID
    kind: ChangeKind
    status: ChangeStatus
    effective_on: date
    behaviour: ChangeBehaviour | None
    direction: ChangeDirection | None
    currency: str
    net: JsonMoney
    lines: list[ChangeLineOut]
    invoice_ids: list[UUID]


class NextInvoiceOut(ResponseModel):
    """The subscription's next invoice after the change."""

    bill_on: date
    net: JsonMoney
    tax: JsonMoney
    total: JsonMoney
    lines: list[dict[str, Any]]


class PreviewedOut(ResponseModel):
    """What a change would come to; nothing was written."""

    change: ChangeMadeOut
    next_invoice: NextInvoiceOut | None


class SubscriptionChangeOut(ResponseModel):
    """A change that was made, is scheduled or was withdrawn; `summary` says what it was."""

    id: UUID
    subscription_id: UUID
    kind: ChangeKind
    status: ChangeStatus
    effective_on: date
    behaviour: ChangeBehaviour | None
    direction: ChangeDirection | None
    summary: dict[str, Any]
    sequence: int
    created_at: datetime
    withdrawn_at: datetime | None
