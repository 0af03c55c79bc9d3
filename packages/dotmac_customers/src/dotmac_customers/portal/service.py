"""Whether a customer in the portal may change what is kept of them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.principal import Principal, customer_of
from dotmac_customers.portal.errors import FormerCustomerError
from dotmac_customers.profiles.service import CustomerService
from dotmac_customers.profiles.states import CustomerState


async def changing_customer(session: AsyncSession, principal: Principal) -> UUID:
    """The customer of whoever is signed in, who may change what is kept of them.

    Raises:
        FormerCustomerError: they have left.
    """
    customer_id = customer_of(principal)
    profile = await CustomerService.within(session).present(customer_id)
    if profile.state is CustomerState.CHURNED:
        raise FormerCustomerError
    return customer_id
