"""A tax rule: which tax is due where, on what, by whom."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.tax.treatment import STANDARD, AppliedTax


class Scheme(Enum):
    """How a seller is registered in a country."""

    DOMESTIC = "domestic"
    """It files returns there: it charges that country's tax."""
    OSS = "oss"
    """One stop shop, registered in this country: consumers anywhere in the EU pay the rate of
    their own country."""


class RuleBuyer(Enum):
    """Whom a rule is for."""

    ANY = "any"
    BUSINESS = "business"
    CONSUMER = "consumer"


class Supply(Enum):
    """Whether seller and buyer must be in one region (a state of India) or in two."""

    ANY = "any"
    WITHIN_REGION = "within_region"
    BETWEEN_REGIONS = "between_regions"


class Registration(NamedTuple):
    """Where the seller collects tax, from a day up to, not including, another."""

    country: str
    region: str | None
    scheme: Scheme
    valid_from: date
    valid_until: date | None

    def holds(self, on: date) -> bool:
        """Whether it is in force on that day."""
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


class Rule(NamedTuple):
    """One tax in a place, from a day up to, not including, another.

    What is None is any: any region of the country, any product. Of the rules of one `slot` that
    fit a line only the most exact counts (product before place; postal code, then city, region,
    country): that is how a reduced rate stands before the standard one, and harmonised tax takes
    the place of the federal one. Rules of several slots add up, in the order of `position`; a
    compound one is charged on those before it.
    """

    id: UUID
    country: str
    slot: str
    tax_code: str
    name: str
    rate: Decimal
    valid_from: date
    region: str | None = None
    postal_prefix: str | None = None
    city: str | None = None
    product_category: str | None = None
    buyer: RuleBuyer = RuleBuyer.ANY
    supply: Supply = Supply.ANY
    is_compound: bool = False
    position: int = 0
    category: str = STANDARD
    jurisdiction: str | None = None
    exemption_reason: str | None = None
    exemption_code: str | None = None
    valid_until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it is in force on that day."""
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)

    @property
    def exactness(self) -> tuple[bool, int, bool, bool, bool, bool, date]:
        """What makes a rule go before another of its slot; of equals the later one."""
        return (
            self.product_category is not None,
            len(self.postal_prefix or ""),
            self.city is not None,
            self.region is not None,
            self.supply is not Supply.ANY,
            self.buyer is not RuleBuyer.ANY,
            self.valid_from,
        )

    def applied(self) -> AppliedTax:
        """The tax as it stands on a line."""
        return AppliedTax(
            self.tax_code,
            self.name,
            self.rate,
            self.is_compound,
            self.category,
            self.jurisdiction or self.country,
            self.exemption_reason,
            self.exemption_code,
        )
