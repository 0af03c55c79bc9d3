"""Letting a customer pay for others, on one invoice or apart."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.customers.errors import BillingCustomerNotFoundError
from dotmac_billing.payers.errors import InvalidPayerError
from dotmac_billing.payers.repository import PayerRepository
from dotmac_core_ops.audit import record


async def set_payer(
    session: AsyncSession, customer_id: UUID, parent_id: UUID | None, *, consolidate: bool
) -> int:
    """Let `parent_id` pay for the customer from now on (None: the customer itself).

    `consolidate` says whether this customer, as a payer, wants one invoice for all that is billed
    on a day. The open subscriptions of the customer, and of those it pays for, follow; issued
    invoices stay with whom they were for. How many subscriptions changed.

    Raises:
        BillingCustomerNotFoundError: one of the two is unknown.
        InvalidPayerError: a customer would pay for itself, or for one who pays for others, or a
            payer has a payer.
    """
    payers = PayerRepository(session)
    wanted = {customer_id} if parent_id is None else {customer_id, parent_id}
    held = await payers.hold(wanted)
    for missing in wanted - held.keys():
        raise BillingCustomerNotFoundError(missing)
    if parent_id is not None:
        if parent_id == customer_id:
            raise InvalidPayerError("A customer pays for itself without being told to.")
        if held[parent_id]["parent_id"] is not None:
            raise InvalidPayerError("Somebody pays for this payer.", payer_id=str(parent_id))
        if await payers.has_children(customer_id):
            raise InvalidPayerError("The customer pays for others.", customer_id=str(customer_id))
    before = held[customer_id]
    followed = await payers.set(customer_id, parent_id, consolidate=consolidate)
    await record(
        session,
        action="billing_customers.set_payer",
        target=("billing_customer", customer_id),
        before={"parent_id": before["parent_id"], "consolidate": before["consolidate"]},
        after={"parent_id": parent_id, "consolidate": consolidate, "subscriptions": followed},
    )
    return followed
