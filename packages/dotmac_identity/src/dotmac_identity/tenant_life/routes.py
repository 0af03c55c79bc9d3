"""HTTP verbs of the life of a tenant: one's own standing, and what the operator decides."""

# ruff: noqa: FAST003 - `tenant_id` is taken by the dependency behind ClientTx

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.principal import Principal, requires, signed_in
from dotmac_core_ops.tenant_state import TenantState, stays_open
from dotmac_core_ops.tenants import tenant_slug
from dotmac_identity.operator_access import ClientTx, OperatorReads, OperatorWrites
from dotmac_identity.tenant_life.repository import TenantLifeRepository, TenantList
from dotmac_identity.tenant_life.schemas import (
    CloseIn,
    ListedTenantOut,
    TenantMoveIn,
    TenantMoveOut,
    TenantStandingOut,
    TrialEndIn,
)
from dotmac_identity.tenant_life.service import TenantLifeService

router = APIRouter(tags=["Tenant"])

Page = Annotated[PageParams, Depends()]


@router.get(
    "/tenant/standing", response_model=Envelope[TenantStandingOut], summary="Read one's standing"
)
@stays_open(TenantState.SUSPENDED)
async def read_standing(tx: Tx, _: Annotated[Principal, Depends(signed_in)]) -> dict[str, object]:
    """Where the organisation stands with the operator, and why."""
    return enveloped(await TenantLifeService.within(tx).standing())


@router.post(
    "/tenant/close", response_model=Envelope[TenantStandingOut], summary="Close one's own tenant"
)
@stays_open(TenantState.READ_ONLY)
async def close_tenant(
    body: CloseIn,
    tx: Tx,
    _: Annotated[Principal, Depends(requires("tenant:close"))],
) -> dict[str, object]:
    """End everything: nobody can sign in any more. The operator can open it again for 30 days."""
    return enveloped(
        await TenantLifeService.within(tx).close(
            body.confirmation, await tenant_slug(tx), body.note
        )
    )


@router.get("/tenants", response_model=Listing[ListedTenantOut], summary="List tenants")
async def list_tenants(
    database: Db,
    page: Page,
    _: OperatorReads,
    state: Annotated[TenantState | None, Query(description="Only those in this state.")] = None,
    slug: Annotated[str | None, Query(max_length=63, description="How it begins.")] = None,
) -> dict[str, object]:
    """All tenants of the installation by short name; for the operator."""
    tenants, total = await TenantList(database).page(
        state=state, slug=slug, offset=page.offset, limit=page.per_page
    )
    return listing(tenants, page, total)


@router.get(
    "/tenants/{tenant_id}/standing",
    response_model=Envelope[TenantStandingOut],
    summary="Read a tenant's standing",
)
async def read_tenant_standing(tx: ClientTx, _: OperatorReads) -> dict[str, object]:
    """Where a tenant stands, and why; for the operator."""
    return enveloped(await TenantLifeService.within(tx).standing())


@router.post(
    "/tenants/{tenant_id}/move", response_model=Envelope[TenantStandingOut], summary="Move a tenant"
)
async def move_tenant(body: TenantMoveIn, tx: ClientTx, _: OperatorWrites) -> dict[str, object]:
    """Bring a tenant into another state; the reason must fit; for the operator."""
    return enveloped(await TenantLifeService.within(tx).move(body.state, body.reason, body.note))


@router.put(
    "/tenants/{tenant_id}/trial",
    response_model=Envelope[TenantStandingOut],
    summary="Set a trial's end",
)
async def extend_trial(body: TrialEndIn, tx: ClientTx, _: OperatorWrites) -> dict[str, object]:
    """Let a trial end on another day; one that has ended goes on; for the operator."""
    return enveloped(await TenantLifeService.within(tx).extend_trial(body.ends_on, body.note))


@router.get(
    "/tenants/{tenant_id}/moves",
    response_model=Listing[TenantMoveOut],
    summary="List a tenant's moves",
)
async def list_tenant_moves(tx: ClientTx, page: Page, _: OperatorReads) -> dict[str, object]:
    """How a tenant came to where it is, newest first; for the operator."""
    return await _moves(tx, page)


@router.get("/tenant/moves", response_model=Listing[TenantMoveOut], summary="List one's own moves")
async def list_moves(
    tx: Tx, page: Page, _: Annotated[Principal, Depends(requires("tenant:read"))]
) -> dict[str, object]:
    """How the organisation came to where it is, newest first."""
    return await _moves(tx, page)


async def _moves(tx: AsyncSession, page: PageParams) -> dict[str, object]:
    moves, total = await TenantLifeRepository(tx).moves(offset=page.offset, limit=page.per_page)
    return listing(moves, page, total)
