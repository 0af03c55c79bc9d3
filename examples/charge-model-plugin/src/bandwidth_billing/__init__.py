"""Bandwidth billed at a percentile of its samples, as transit and colocation are sold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dotmac_billing import Charged, Measured, Need, PriceParameters, Step

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PercentilePrice:
    """What is committed at one price, what lies above it at another, both per unit of bandwidth."""

    percentile: Decimal
    committed: Decimal
    unit_price: Decimal
    burst_unit_price: Decimal
    needs: frozenset[Need] = frozenset({Need.VALUES})

    def charge(self, measured: Measured) -> Charged:
        """The commitment, and the burst above it.

        The percentile is the highest sample that is left when the highest (100 - percentile) per
        cent of the samples, rounded down to whole samples, are left out.
        """
        samples = sorted(measured.values)
        dropped = int(len(samples) * (100 - self.percentile) / 100)
        used = samples[-1 - dropped] if samples else ZERO
        burst = max(ZERO, used - self.committed)
        return Charged.of(
            [
                Step.priced("committed", self.committed, self.unit_price),
                Step.priced("burst", burst, self.burst_unit_price),
            ]
        )


class PercentileRule:
    """The charge model `percentile`."""

    def compile(self, parameters: Mapping[str, object], currency: str) -> PercentilePrice:
        """The price with `{"percentile": "95", "committed": "0", "unit_price",
        "burst_unit_price"}`; amounts are in the currency of the price.
        """
        del currency  # the amounts are given in it already
        given = PriceParameters(parameters)
        percentile = given.quantity("percentile", Decimal(95))
        if percentile > 100:  # noqa: PLR2004  per cent
            raise given.refuse("percentile", "is at most 100.")
        price = PercentilePrice(
            percentile=percentile,
            committed=given.quantity("committed", ZERO),
            unit_price=given.price("unit_price"),
            burst_unit_price=given.price("burst_unit_price"),
        )
        given.finish()
        return price
