"""What can be taken in addition to a plan."""

from __future__ import annotations

from dotmac_billing.catalog.plan import PublishedPlan
from dotmac_billing.catalog.selector import closeness


def goes_with(add_on: PublishedPlan, plan: PublishedPlan) -> bool:
    """Whether `add_on` can be taken with `plan`: it is one, and names the plan or nothing."""
    if not add_on.is_add_on:
        return False
    named = add_on.add_on_to
    return not named or any(closeness(one, plan) is not None for one in named)
