"""What is asked of whoever works out tax, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from dotmac_billing.tax.buyer import TaxBuyer
from dotmac_billing.tax.sums import Taxed, TaxRounding
from dotmac_billing.tax.treatment import Treatment
from dotmac_core_ops.errors import DomainError


@dataclass(frozen=True, slots=True)
class TaxAddress:
    """Where goods or services come from or go to; `region` is what follows in ISO 3166-2."""

    country: str | None = None
    region: str | None = None
    postal_code: str | None = None
    city: str | None = None
    street: str | None = None


class GivenTax(NamedTuple):
    """The taxes of a line as they were, and what they come to, with the sign of the line."""

    treatment: Treatment
    tax: Decimal


@dataclass(frozen=True, slots=True)
class TaxableLine:
    """An amount in whole minor units, after discounts, and what it is for.

    `tax_code` is as on components: a tax of the tenant's own or a category of products; None is not
    taxed. `external_code` is what a tax service calls the category. With `given` the tax is known
    already, because the line takes back what was invoiced: it is reported, not worked out.
    """

    amount: Decimal
    tax_code: str | None
    description: str = ""
    quantity: Decimal = Decimal(1)
    includes_tax: bool = False
    external_code: str | None = None
    given: GivenTax | None = None


@dataclass(frozen=True, slots=True)
class TaxableDocument:
    """An invoice to be. Its `id` is the key under which a tax service keeps it.

    `is_estimate`: nothing is kept of it anywhere.
    """

    id: UUID
    customer_code: str
    buyer: TaxBuyer
    currency: str
    on: date
    lines: tuple[TaxableLine, ...]
    ship_from: TaxAddress = TaxAddress()
    ship_to: TaxAddress = TaxAddress()
    tax_id: str | None = None
    rounding: TaxRounding = TaxRounding.GROUP
    is_estimate: bool = False


@dataclass(frozen=True, slots=True)
class TaxedDocument:
    """The document with its tax; `treatments` are those of the lines, in their order."""

    id: UUID
    treatments: tuple[Treatment | None, ...]
    sums: Taxed


@dataclass(frozen=True, slots=True)
class TaxNotCalculated:
    """The document must not be issued: nobody knows its tax. `code` is that of the refusal."""

    id: UUID
    refusal: DomainError = field(compare=False)

    @property
    def code(self) -> str:
        """What programs tell it by."""
        return self.refusal.code

    @property
    def message(self) -> str:
        """What people are told."""
        return self.refusal.message
