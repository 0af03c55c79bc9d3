"""HTTP verbs of one's own sessions: for staff, and again for customers in the portal."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.tenant_state import TenantState, stays_open
from dotmac_identity.installed import Themselves
from dotmac_identity.sessions.schemas import DeviceNameIn, EndedOut, SessionOut
from dotmac_identity.sessions.service import SessionService

own_sessions_router = APIRouter(prefix="/sessions")


@own_sessions_router.get(
    "", response_model=Envelope[list[SessionOut]], summary="List the own sessions"
)
async def list_own_sessions(tx: Tx, principal: Themselves) -> dict[str, object]:
    """Where one is signed in, the session seen last first; the one that asks is marked."""
    sessions = SessionService(tx)
    return enveloped(await sessions.of_user(UUID(principal.subject), current=principal.session_id))


@own_sessions_router.patch(
    "/{session_id}", response_model=Envelope[SessionOut], summary="Name a device"
)
async def name_own_device(
    session_id: UUID, body: DeviceNameIn, tx: Tx, principal: Themselves
) -> dict[str, object]:
    """Call the device of a session by a name of one's own."""
    named = await SessionService(tx).name_device(
        UUID(principal.subject), session_id, body.device_name, current=principal.session_id
    )
    return enveloped(named)


@own_sessions_router.post(
    "/{session_id}/end", response_model=Envelope[EndedOut], summary="End a session"
)
@stays_open(TenantState.READ_ONLY, TenantState.SUSPENDED)
async def end_own_session(session_id: UUID, tx: Tx, principal: Themselves) -> dict[str, object]:
    """Sign a device out, at once."""
    await SessionService(tx).end(UUID(principal.subject), session_id, because="ended_by_owner")
    return enveloped({"ended": 1})


@own_sessions_router.post(
    "/end-others", response_model=Envelope[EndedOut], summary="End all other sessions"
)
@stays_open(TenantState.READ_ONLY, TenantState.SUSPENDED)
async def end_other_sessions(tx: Tx, principal: Themselves) -> dict[str, object]:
    """Sign out everywhere else, at once."""
    ended = await SessionService(tx).end_all(
        UUID(principal.subject), because="ended_by_owner", sparing=principal.session_id
    )
    return enveloped({"ended": ended})
