"""Which customer of the operator is which tenant."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.errors import ConflictError
from dotmac_identity.client_tenants.models import ClientTenant
from dotmac_identity.client_tenants.repository import ClientTenantRepository


class ClientTakenError(ConflictError):
    """The customer stands for another tenant already."""

    code = "CLIENT_TENANT_TAKEN"

    def __init__(self, customer_id: UUID) -> None:
        super().__init__("This customer is another tenant.", customer_id=str(customer_id))


@dataclass(frozen=True)
class Client:
    """A tenant (`tenant_id`) and who it is among the operator's customers."""

    tenant_id: UUID
    customer_id: UUID


async def link_client(session: AsyncSession, tenant_id: UUID, customer_id: UUID) -> None:
    """Let what the operator's customer subscribes to be what the tenant may use.

    Raises:
        ClientTakenError: the customer is another tenant.
    """
    clients = ClientTenantRepository(session)
    client = await clients.by_client(tenant_id)
    try:
        async with session.begin_nested():
            if client is None:
                now = clock_of(session).now()
                clients.add(
                    ClientTenant(
                        id=new_id(), client_id=tenant_id, customer_id=customer_id, created_at=now
                    )
                )
            else:
                client.customer_id = customer_id
    except IntegrityError as error:
        raise ClientTakenError(customer_id) from error
    await record(
        session,
        action="identity.client_link",
        target=("tenant", tenant_id),
        after={"customer_id": customer_id},
    )


async def clients_of(session: AsyncSession, customer_id: UUID | None = None) -> list[Client]:
    """The tenants that are customers of the operator, or the one that this customer is."""
    found = await ClientTenantRepository(session).all(customer_id)
    return [Client(one.client_id, one.customer_id) for one in found]


async def lock_client(session: AsyncSession, tenant_id: UUID) -> None:
    """Let nobody else change what the tenant is granted until this transaction ends."""
    await ClientTenantRepository(session).by_client(tenant_id)
