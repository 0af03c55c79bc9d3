"""A price for what is included, and another one for what is used beyond it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from dotmac_billing.charges.exact import EXACT
from dotmac_billing.charges.explained import Charged, Step
from dotmac_billing.charges.measured import Measured, Need, not_negative
from dotmac_billing.charges.tiers import Graduated, Stairstep, Volume
from dotmac_billing.charges.units import Flat, Package, PerUnit

Overage = Flat | PerUnit | Package | Graduated | Volume | Stairstep


@dataclass(frozen=True, slots=True)
class Prepaid:
    """`price` for up to `included` units; `overage` charges what lies above, counted from there.

    Where nothing lies above, the overage costs nothing, also no flat fee. Its tiers begin at the
    first unit above the included ones.
    """

    included: Decimal
    price: Decimal
    overage: Overage
    minimum: Decimal | None = None
    needs: frozenset[Need] = frozenset({Need.TOTAL})

    def charge(self, measured: Measured) -> Charged:
        """The price, and the overage's charge; its steps are labelled `overage`."""
        quantity = not_negative(measured.quantity)
        used = min(quantity, self.included)
        steps = [Step("included", used, None, self.price, last=self.included)]
        if quantity > self.included:
            above = self.overage.charge(Measured(EXACT.subtract(quantity, self.included)))
            steps += [step._replace(label="overage") for step in above.steps]
        return Charged.of(steps)
