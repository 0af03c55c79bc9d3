"""HTTP verbs of the erasure of a tenant."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_identity.operator_access import ClientTx, OperatorWrites
from dotmac_identity.tenant_erasure.schemas import EraseIn, ErasureStartedOut
from dotmac_identity.tenant_erasure.service import order_erasure

router = APIRouter(tags=["Tenant"])


@router.post(
    "/tenants/{tenant_id}/erasure",
    response_model=Envelope[ErasureStartedOut],
    status_code=202,
    summary="Erase a tenant",
)
async def erase(
    tenant_id: UUID, body: EraseIn, tx: Tx, client: ClientTx, _: OperatorWrites
) -> dict[str, object]:
    """Remove everything of a closed tenant for good, once nobody can open it again; a proof stays.

    For the operator.
    """
    job_id = await order_erasure(tx, client, tenant_id, body.confirmation)
    return enveloped({"job_id": job_id})
