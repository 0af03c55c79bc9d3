"""What a subscription holds: its items with the plans that they are of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from dotmac_billing.catalog.plan import PublishedComponent, PublishedPlan
from dotmac_billing.catalog.terms import BillingCycle, ComponentKind
from dotmac_billing.mrr.monthly import RecurringItem, timeline, worth
from dotmac_billing.subscriptions.prices import period_amount
from dotmac_billing.subscriptions.windows import ItemWindow


@dataclass(frozen=True)
class Holding:
    """All items a subscription has or had, in order, and every plan version they are of."""

    items: Sequence[ItemWindow]
    plans: Mapping[UUID, PublishedPlan]
    currency: str

    @cached_property
    def components(self) -> Mapping[UUID, PublishedComponent]:
        """Every component of these plans by its id."""
        return {one.id: one for plan in self.plans.values() for one in plan.components}

    @cached_property
    def _plan_of(self) -> Mapping[UUID, PublishedPlan]:
        return {one.id: plan for plan in self.plans.values() for one in plan.components}

    def plan_of(self, item: ItemWindow) -> PublishedPlan:
        """The version that the item is of."""
        return self._plan_of[item.component_id]

    def component(self, item: ItemWindow) -> PublishedComponent:
        """The component that the item is of."""
        return self.components[item.component_id]

    def amount(self, item: ItemWindow) -> Decimal:
        """What the item costs for a whole period: exact, before coupons and tax."""
        return period_amount(
            self.component(item),
            item.quantity,
            self.currency,
            agreed_price=item.agreed_price,
            percent_off=item.percent_off,
        )

    def recurring(self, items: Iterable[ItemWindow]) -> list[RecurringItem]:
        """What of the items counts as recurring revenue."""
        return [
            RecurringItem(self.amount(item), item.starts_on, item.ends_on, item.cycle)
            for item in items
            if item.kind is ComponentKind.RECURRING and not item.is_empty
        ]

    def monthly(self, items: Iterable[ItemWindow]) -> Decimal:
        """What these items are worth a month together."""
        return worth(self.recurring(items), BillingCycle.MONTHLY, self.currency)

    def timeline(
        self, items: Iterable[ItemWindow], start_on: date, end_on: date | None
    ) -> dict[date, Decimal]:
        """The days on which the revenue of the items changes, and by how much."""
        return timeline(
            self.recurring(items),
            cycle=BillingCycle.MONTHLY,
            currency=self.currency,
            start_on=start_on,
            end_on=end_on,
        )
