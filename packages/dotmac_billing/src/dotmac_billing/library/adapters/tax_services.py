"""Questions about tax, to our own engine or to AvaTax."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from dotmac_billing.customers.tax_numbers import tax_number
from dotmac_billing.library.adapters.bound_session import BoundSession
from dotmac_billing.library.records import CustomerRecord
from dotmac_billing.protocols import TaxService
from dotmac_billing.settings.service import settings_of
from dotmac_billing.tax.adapters.avalara import PRODUCTION, AvalaraTaxCalculator
from dotmac_billing.tax.calculation import LineToTax
from dotmac_billing.tax.documents import (
    TaxableDocument,
    TaxableLine,
    TaxAddress,
    TaxNotCalculated,
)
from dotmac_billing.tax.models import TaxCategory
from dotmac_billing.tax.service import calculate_tax, load_buyers
from dotmac_core_ops.database import new_id
from dotmac_core_ops.money import round_money

SANDBOX = "https://sandbox-rest.avatax.com"
_NOTHING = Decimal(0)
_ENVIRONMENTS = {"production": PRODUCTION, "sandbox": SANDBOX}


def avalara(
    account_id: str,
    license_key: str,
    company_code: str = "DEFAULT",
    environment: str = "production",
    **options: Any,  # noqa: ANN401 (those of the calculator)
) -> AvalaraTaxCalculator:
    """AvaTax from the founding options; `environment` is `production` or `sandbox`.

    Raises:
        TypeError: another environment, or an option that there is not.
    """
    if environment not in _ENVIRONMENTS:
        raise TypeError(f"environment is one of {', '.join(_ENVIRONMENTS)}")
    options.setdefault("base_url", _ENVIRONMENTS[environment])
    return AvalaraTaxCalculator(account_id, license_key, company_code, **options)


class TaxAnswers:
    """The tax service of a billing service: what would be charged, by a service or our own."""

    def __init__(self, bound: BoundSession, open_service: Callable[[], TaxService] | None) -> None:
        self._bound = bound
        self._open = open_service

    async def calculate_tax(
        self, amount: Decimal, customer: CustomerRecord, product_codes: list[str] | None = None
    ) -> dict[str, Any]:
        """The tax on a net amount: `amount`, `rate` (a fraction of the net) and `tax_type`.

        The first of `product_codes` says what it is for: a tax or a category of products.

        Raises:
            TaxRateMissingError, TaxRuleMissingError, TaxSellerUnknownError: see `calculate_tax`.
            TaxServiceUnavailableError, TaxServiceRefusedError: the service does not answer, or not
                to this.
        """
        session = await self._bound.open()
        code = product_codes[0] if product_codes else None
        if self._open is None:
            found = await calculate_tax(session, [LineToTax(amount, code)], customer_id=customer.id)
            [line] = found.lines
            return _said(line.tax, line.tax_rate, line.tax_code)
        document = await self._estimate(amount, customer, code)
        async with aclosing(self._open()) as service:
            [answer] = await service.calculate([document])
        if isinstance(answer, TaxNotCalculated):
            raise answer.refusal
        [treatment] = answer.treatments
        if treatment is None:
            return _said(_NOTHING, None, None)
        return _said(answer.sums.tax, treatment.rate, treatment.key)

    async def validate_tax_id(self, tax_id: str, country: str) -> bool:
        """Whether form and check digits are those of a tax number of that country."""
        return tax_number(tax_id, country) is not None

    async def _estimate(
        self, amount: Decimal, customer: CustomerRecord, code: str | None
    ) -> TaxableDocument:
        session = await self._bound.open()
        seller = await settings_of(session)
        external = await session.scalar(
            sa.select(TaxCategory.external_code).where(TaxCategory.code == code)
        )
        amount = round_money(amount, customer.currency)
        return TaxableDocument(
            id=new_id(),
            customer_code=customer.customer_code,
            buyer=(await load_buyers(session, [customer.id]))[customer.id],
            currency=customer.currency,
            on=self._bound.clock.today(customer.time_zone),
            lines=(TaxableLine(amount, code, external_code=external),),
            ship_from=TaxAddress(
                seller.country,
                seller.seller_region,
                seller.seller_postal_code,
                seller.seller_city,
                seller.seller_street,
            ),
            ship_to=TaxAddress(
                customer.country,
                customer.state,
                customer.postal_code,
                customer.city,
                customer.address_line1,
            ),
            tax_id=customer.tax_id,
            is_estimate=True,
        )


def _said(tax: Decimal, rate: Decimal | None, code: str | None) -> dict[str, Any]:
    return {"amount": tax, "rate": rate or _NOTHING, "tax_type": code or "none"}
