"""Custom charge models of installed distributions.

A distribution names its models as entry points of the group `dotmac_billing.charge_models`:

    [project.entry-points."dotmac_billing.charge_models"]
    percentile_95 = "bandwidth_billing:rule"

The value is an object with `compile(parameters, currency)`, or a class of such objects that is made
without arguments. A distribution is loaded when one of its models is first used.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from dotmac_billing.charges.custom import ChargeRule

GROUP = "dotmac_billing.charge_models"


@cache
def installed_rule(name: str) -> ChargeRule | None:
    """The model of that name; None when no installed distribution has one.

    Raises:
        ImportError, AttributeError: the distribution that names it is broken.
    """
    found = next(iter(entry_points(group=GROUP, name=name)), None)
    if found is None:
        return None
    loaded = found.load()
    rule: ChargeRule = loaded() if isinstance(loaded, type) else loaded
    return rule
