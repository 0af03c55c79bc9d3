"""`/late-fee-rules`, and late fees of `/invoices/{id}`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from dotmac_billing.late_fees.repository import LateFeeRepository
from dotmac_billing.late_fees.schemas import LateFeeOut, LateFeeRuleIn, LateFeeRuleOut, WaiverIn
from dotmac_billing.late_fees.service import LateFeeService
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires

rules_router = APIRouter(prefix="/late-fee-rules", tags=["Late fees"])
fees_router = APIRouter(prefix="/invoices", tags=["Late fees"])

Reader = Annotated[Principal, Depends(requires("late_fees:read"))]
Writer = Annotated[Principal, Depends(requires("late_fees:write"))]


@rules_router.post(
    "", status_code=201, summary="Add a late fee rule", response_model=Envelope[LateFeeRuleOut]
)
async def add_late_fee_rule(body: LateFeeRuleIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Charge overdue invoices by a rule from now on: a fixed fee, a share, or monthly interest.

    What is charged waits for the customer's next invoice.
    """
    return enveloped(await LateFeeService(tx).add_rule(body.new_rule()))


@rules_router.get("", summary="List late fee rules", response_model=Listing[LateFeeRuleOut])
async def list_late_fee_rules(
    tx: Tx, page: Annotated[PageParams, Depends()], _: Reader
) -> dict[str, Any]:
    """The tenant's rules by code, with those that were retired."""
    rows, total = await LateFeeRepository(tx).page(page.per_page, page.offset)
    return listing(rows, page, total)


@rules_router.post(
    "/{rule_id}/retire", summary="Retire a late fee rule", response_model=Envelope[LateFeeRuleOut]
)
async def retire_late_fee_rule(rule_id: UUID, tx: Tx, _: Writer) -> dict[str, Any]:
    """Charge nothing more by the rule; what it charged stays."""
    return enveloped(await LateFeeService(tx).retire_rule(rule_id))


@fees_router.get(
    "/{invoice_id}/late-fees",
    summary="Read an invoice's late fees",
    response_model=Envelope[list[LateFeeOut]],
)
async def read_late_fees(invoice_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """What was charged for the invoice being late, and the invoice that each fee is on."""
    return enveloped(await LateFeeRepository(tx).of_invoice(invoice_id))


@fees_router.post(
    "/{invoice_id}/late-fees/waiver",
    summary="Waive an invoice's late fees",
    response_model=Envelope[list[LateFeeOut]],
)
async def waive_late_fees(invoice_id: UUID, body: WaiverIn, tx: Tx, _: Writer) -> dict[str, Any]:
    """Charge nothing more, and withdraw the fees that wait for an invoice."""
    await LateFeeService(tx).waive(invoice_id, body.reason)
    return enveloped(await LateFeeRepository(tx).of_invoice(invoice_id))
