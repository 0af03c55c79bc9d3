"""`/test-clocks`: a year of billing in seconds, for tenants made for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from dotmac_core_events.test_clocks.schemas import (
    AdvancedOut,
    AdvanceIn,
    TenantClockIn,
    TenantClockOut,
)
from dotmac_core_events.test_clocks.service import TenantClockService, advance
from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/test-clocks", tags=["Test clocks"])

Mover = Annotated[Principal, Depends(requires("test_clocks:advance"))]


@router.post("", status_code=201, summary="Stop time", response_model=Envelope[TenantClockOut])
async def create_test_clock(body: TenantClockIn, tx: Tx, _: Mover) -> dict[str, Any]:
    """Let time stand still for the tenant, which must have been made for tests.

    There is no way back to real time: what was billed ahead of it would be wrong then.
    """
    return enveloped(await TenantClockService(tx).freeze(body.now))


@router.get("", summary="List test clocks", response_model=Envelope[list[TenantClockOut]])
async def list_test_clocks(
    tx: Tx, _: Annotated[Principal, Depends(requires("jobs:read"))]
) -> dict[str, Any]:
    """The tenant's clock, if its time stands still: one at most."""
    clock = await TenantClockService(tx).find()
    return enveloped([] if clock is None else [clock])


@router.get("/{clock_id}", summary="Read a test clock", response_model=Envelope[TenantClockOut])
async def read_test_clock(
    clock_id: UUID, tx: Tx, _: Annotated[Principal, Depends(requires("jobs:read"))]
) -> dict[str, Any]:
    """What time it is for the tenant."""
    return enveloped(await TenantClockService(tx).get(clock_id))


@router.post("/{clock_id}/advance", summary="Move time on", response_model=Envelope[AdvancedOut])
async def advance_test_clock(
    clock_id: UUID, body: AdvanceIn, request: Request, db: Db, principal: Mover
) -> dict[str, Any]:
    """Move time on, and do on the way all that becomes due, in order: renewals, bills, reminders.

    It answers when everything is done, about a second for a month. What is interrupted goes on from
    the last finished day when it is asked for again.
    """
    async with db.transaction(principal.tenant_id) as session:
        clock = await TenantClockService(session).get(clock_id)
    to = body.to or clock.now + timedelta(days=body.days or 0)
    modules = request.app.state.modules
    return enveloped(await advance(db, modules, principal.tenant_id, to))
