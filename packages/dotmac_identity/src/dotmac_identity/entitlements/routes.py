"""HTTP verbs of entitlements: what one's own plan contains, and what the operator agrees beyond."""

# ruff: noqa: FAST003 - `tenant_id` is taken by the dependency behind ClientTx

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, signed_in
from dotmac_identity.entitlements.schemas import EntitlementsOut, OverrideIn, OverrideOut
from dotmac_identity.entitlements.service import (
    EntitlementService,
    entitlements_of_tenant,
    limits_of_tenant,
)
from dotmac_identity.operator_access import ClientTx, OperatorReads, OperatorWrites

router = APIRouter(tags=["Entitlements"])

Name = Annotated[str, Path(max_length=63, pattern=r"^[a-z][a-z0-9_]*$", examples=["users"])]


@router.get(
    "/entitlements", response_model=Envelope[EntitlementsOut], summary="Read one's entitlements"
)
async def read_entitlements(
    tx: Tx, _: Annotated[Principal, Depends(signed_in)]
) -> dict[str, object]:
    """Tier, features and limits of the organisation's plan, and how much of them is used."""
    return enveloped(await _entitlements(tx))


@router.get(
    "/tenants/{tenant_id}/entitlements",
    response_model=Envelope[EntitlementsOut],
    summary="Read a tenant's entitlements",
)
async def read_tenant_entitlements(tx: ClientTx, _: OperatorReads) -> dict[str, object]:
    """What a tenant may use; for the operator."""
    return enveloped(await _entitlements(tx))


@router.get(
    "/tenants/{tenant_id}/entitlements/overrides",
    response_model=Envelope[list[OverrideOut]],
    summary="List a tenant's overrides",
)
async def list_overrides(tx: ClientTx, _: OperatorReads) -> dict[str, object]:
    """What was agreed with a tenant beyond its plan, by name; for the operator."""
    return enveloped(await EntitlementService.within(tx).overrides())


@router.put(
    "/tenants/{tenant_id}/entitlements/overrides/{name}",
    response_model=Envelope[OverrideOut],
    summary="Override an entitlement",
)
async def override_entitlement(
    name: Name, body: OverrideIn, tx: ClientTx, _: OperatorWrites
) -> dict[str, object]:
    """Let a value go before what the tenant's plan says; for the operator."""
    granted = EntitlementService.within(tx)
    return enveloped(
        await granted.override(name, body.value, reason=body.reason, ends_on=body.ends_on)
    )


@router.delete(
    "/tenants/{tenant_id}/entitlements/overrides/{name}",
    response_model=Envelope[list[OverrideOut]],
    summary="Drop an override",
)
async def drop_override(name: Name, tx: ClientTx, _: OperatorWrites) -> dict[str, object]:
    """Let the plan alone decide again; the overrides that are left; for the operator."""
    granted = EntitlementService.within(tx)
    await granted.drop_override(name)
    return enveloped(await granted.overrides())


async def _entitlements(tx: AsyncSession) -> dict[str, object]:
    granted = await entitlements_of_tenant(tx)
    return {
        "is_restricted": granted.is_restricted,
        "plan": granted.plan,
        "tier": granted.tier,
        "features": sorted(granted.features),
        "limits": await limits_of_tenant(tx),
    }
