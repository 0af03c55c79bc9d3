"""A subscription as it stands before a change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dotmac_billing.changes.settlement import State
from dotmac_billing.subscriptions.holding import Holding
from dotmac_billing.subscriptions.models import Subscription
from dotmac_billing.subscriptions.starting import Payer


@dataclass
class Standing:
    """A subscription held by this transaction, with all that a change must know of it."""

    subscription: Subscription
    payer: Payer
    holding: Holding
    today: date
    is_held: bool

    @property
    def state(self) -> State:
        """Its days and items as they are."""
        return State(self.subscription.days(is_held=self.is_held), self.holding.items)

    @property
    def charged_on(self) -> date:
        """The first day that is not a trial."""
        return self.subscription.trial_end_on or self.subscription.start_on

    @property
    def first_days(self) -> tuple[date, date]:
        """The first day, and the first that is charged for."""
        return self.subscription.start_on, self.charged_on
