"""What only the operator of the installation may do, to tenants other than its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Database, get_database
from dotmac_core_ops.errors import ForbiddenError, NotFoundError
from dotmac_core_ops.principal import Principal, Requirement
from dotmac_core_ops.tenants import operator_tenant, tenant_state


class OperatorOnlyError(ForbiddenError):
    """Only people of the operator of this installation may do this."""

    code = "OPERATOR_ONLY"

    def __init__(self) -> None:
        super().__init__("Only the operator of this installation may do this.")


class ClientTenantNotFoundError(NotFoundError):
    """The installation has no tenant of this identifier."""

    code = "CLIENT_TENANT_NOT_FOUND"

    def __init__(self, tenant_id: UUID) -> None:
        super().__init__("There is no such tenant.", tenant_id=str(tenant_id))


class OperatorRequirement(Requirement):
    """A permission that counts in the operator tenant only."""

    async def __call__(self, request: Request) -> Principal:
        """The request's principal, if it is the operator's and holds the permission.

        Raises:
            OperatorOnlyError: somebody of another tenant.
        """
        principal = await super().__call__(request)
        operator = await operator_tenant(get_database(request))
        if operator is None or operator.id != principal.tenant_id:
            raise OperatorOnlyError
        return principal


OperatorReads = Annotated[Principal, Depends(OperatorRequirement("tenants:read"))]
OperatorWrites = Annotated[Principal, Depends(OperatorRequirement("tenants:write"))]


async def require_client(database: Database, tenant_id: UUID) -> UUID:
    """`tenant_id`, if there is such a tenant.

    Raises:
        ClientTenantNotFoundError: there is none.
    """
    async with database.transaction(tenant_id) as session:
        if await tenant_state(session) is None:
            raise ClientTenantNotFoundError(tenant_id)
    return tenant_id


async def open_client_transaction(tenant_id: UUID, request: Request) -> AsyncIterator[AsyncSession]:
    """One transaction bound to the tenant that the path names; for routes of the operator.

    Raises:
        ClientTenantNotFoundError: there is no such tenant.
    """
    database = get_database(request)
    async with database.transaction(await require_client(database, tenant_id)) as session:
        yield session


ClientTx = Annotated[AsyncSession, Depends(open_client_transaction, scope="function")]
"""The transaction of the tenant that the path names as `tenant_id`."""
