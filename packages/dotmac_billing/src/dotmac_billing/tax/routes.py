"""`/tax/calculate`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from dotmac_billing.customers.tax_numbers import tax_number
from dotmac_billing.tax.buyer import TaxBuyer
from dotmac_billing.tax.calculation import LineToTax
from dotmac_billing.tax.schemas import CalculateTaxIn, CalculationOut, TaxAddressIn
from dotmac_billing.tax.service import calculate_tax
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/tax", tags=["Tax"])


@router.post("/calculate", summary="Calculate tax", response_model=Envelope[CalculationOut])
async def calculate(
    body: CalculateTaxIn, tx: Tx, _: Annotated[Principal, Depends(requires("tax:read"))]
) -> dict[str, Any]:
    """What would be charged, by the rules that invoices are made by; nothing is written."""
    lines = [LineToTax(line.amount, line.tax_code, line.includes_tax) for line in body.lines]
    buyer = None if body.address is None else _buyer(body.address)
    return enveloped(
        await calculate_tax(
            tx, lines, customer_id=body.customer_id, buyer=buyer, currency=body.currency, on=body.on
        )
    )


def _buyer(address: TaxAddressIn) -> TaxBuyer:
    number = None if address.tax_id is None else tax_number(address.tax_id, address.country)
    return TaxBuyer(
        address.country,
        address.region,
        address.postal_code,
        address.city,
        address.is_business,
        number is not None,
    )
