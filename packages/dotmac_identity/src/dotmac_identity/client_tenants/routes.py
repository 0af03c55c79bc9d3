"""HTTP verbs of tenants as customers of the operator."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import Envelope, RequestModel, ResponseModel, enveloped
from dotmac_identity.client_tenants.service import link_client
from dotmac_identity.operator_access import OperatorWrites, require_client

router = APIRouter(tags=["Tenant"])


class ClientLinkIn(RequestModel):
    """Who a tenant is among the operator's customers."""

    customer_id: UUID


class ClientLinkOut(ResponseModel):
    """A tenant, and who it is among the operator's customers."""

    tenant_id: UUID
    customer_id: UUID = Field(description="Of the operator.")


@router.put(
    "/tenants/{tenant_id}/customer",
    response_model=Envelope[ClientLinkOut],
    summary="Say which customer a tenant is",
)
async def link_tenant(
    tenant_id: UUID, body: ClientLinkIn, tx: Tx, database: Db, _: OperatorWrites
) -> dict[str, object]:
    """Let the tenant use what this customer subscribes to; for the operator."""
    await require_client(database, tenant_id)
    await link_client(tx, tenant_id, body.customer_id)
    return enveloped({"tenant_id": tenant_id, "customer_id": body.customer_id})
