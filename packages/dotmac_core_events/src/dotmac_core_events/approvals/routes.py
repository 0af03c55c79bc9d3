"""HTTP verbs of approvals."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request

from dotmac_core_events.approvals.schemas import (
    ActionName,
    ApprovalDecisionIn,
    ApprovalIn,
    ApprovalLimitIn,
    ApprovalLimitsOut,
    ApprovalOut,
)
from dotmac_core_events.approvals.service import ApprovalService
from dotmac_core_ops.approvals import ApprovalNotFoundError, ApprovalRepository, ApprovalState
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.module import ApprovableAction
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/approvals", tags=["Approvals"])

Reader = Annotated[Principal, Depends(requires("approvals:read"))]
Requester = Annotated[Principal, Depends(requires("approvals:request"))]
Decider = Annotated[Principal, Depends(requires("approvals:decide"))]
Configurer = Annotated[Principal, Depends(requires("approvals:configure"))]


def installed_actions(request: Request) -> dict[str, ApprovableAction]:
    """What the modules of this application let approvals guard."""
    modules = request.app.state.modules
    return {action.name: action for module in modules for action in module.approvable}


Actions = Annotated[dict[str, ApprovableAction], Depends(installed_actions)]
Action = Annotated[ActionName, Path()]
CurrencyCode = Annotated[str, Path(pattern="^[A-Z]{3}$", examples=["EUR"])]


@router.post(
    "", status_code=201, summary="Ask for an approval", response_model=Envelope[ApprovalOut]
)
async def ask_for_an_approval(
    body: ApprovalIn, tx: Tx, principal: Requester, actions: Actions
) -> dict[str, Any]:
    """Ask that somebody else agrees to something one may do, above one's limit.

    Once approved it is good for exactly this, once, within a day of asking.
    """
    approval = await ApprovalService(tx, actions).request(principal, body.deed(), body.reason)
    return enveloped(ApprovalOut.of(approval))


@router.get("", summary="List approvals", response_model=Listing[ApprovalOut])
async def list_approvals(
    *,
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    _: Reader,
    state: Annotated[ApprovalState | None, Query()] = None,
    action: Annotated[str | None, Query(max_length=100)] = None,
    target_type: Annotated[str | None, Query(max_length=100)] = None,
    target_id: Annotated[str | None, Query(max_length=200, description="With target_type.")] = None,
) -> dict[str, Any]:
    """What was asked for and what became of it, newest first."""
    target = None if target_type is None or target_id is None else (target_type, target_id)
    found, total = await ApprovalRepository(tx).page(
        state=state, action=action, target=target, offset=page.offset, limit=page.per_page
    )
    return listing([ApprovalOut.of(approval) for approval in found], page, total)


@router.get("/limits", summary="List limits", response_model=Envelope[ApprovalLimitsOut])
async def list_approval_limits(tx: Tx, _: Reader, actions: Actions) -> dict[str, Any]:
    """What can need a second person, and above which amounts it does."""
    limits = await ApprovalRepository(tx).limits()
    return enveloped({"actions": [actions[name] for name in sorted(actions)], "limits": limits})


@router.put(
    "/limits/{action}/{currency}", summary="Set a limit", response_model=Envelope[ApprovalLimitsOut]
)
async def set_approval_limit(
    *,
    action: Action,
    currency: CurrencyCode,
    body: ApprovalLimitIn,
    tx: Tx,
    _: Configurer,
    actions: Actions,
) -> dict[str, Any]:
    """Above this amount a second person must agree.

    An action with a limit in one currency needs approval for any amount in a currency without one.
    """
    await ApprovalService(tx, actions).set_limit(action, currency, body.amount)
    return await list_approval_limits(tx, _, actions)


@router.delete(
    "/limits/{action}/{currency}",
    summary="Remove a limit",
    response_model=Envelope[ApprovalLimitsOut],
)
async def remove_approval_limit(
    action: Action, currency: CurrencyCode, tx: Tx, _: Configurer, actions: Actions
) -> dict[str, Any]:
    """Without any limit the action needs nobody's agreement."""
    await ApprovalService(tx, actions).set_limit(action, currency, None)
    return await list_approval_limits(tx, _, actions)


@router.get("/{approval_id}", summary="Read an approval", response_model=Envelope[ApprovalOut])
async def read_approval(approval_id: UUID, tx: Tx, _: Reader) -> dict[str, Any]:
    """One request for approval."""
    found = await ApprovalRepository(tx).by_id(approval_id)
    if found is None:
        raise ApprovalNotFoundError(approval_id)
    return enveloped(ApprovalOut.of(found))


@router.post("/{approval_id}/approve", summary="Approve", response_model=Envelope[ApprovalOut])
async def approve(
    approval_id: UUID, body: ApprovalDecisionIn, tx: Tx, principal: Decider, actions: Actions
) -> dict[str, Any]:
    """Agree to what somebody else asked for, as a person who may do it too."""
    decided = await ApprovalService(tx, actions).decide(
        principal, approval_id, ApprovalState.APPROVED, body.note
    )
    return enveloped(ApprovalOut.of(decided))


@router.post("/{approval_id}/reject", summary="Reject", response_model=Envelope[ApprovalOut])
async def reject(
    approval_id: UUID, body: ApprovalDecisionIn, tx: Tx, principal: Decider, actions: Actions
) -> dict[str, Any]:
    """Refuse what somebody else asked for."""
    decided = await ApprovalService(tx, actions).decide(
        principal, approval_id, ApprovalState.REJECTED, body.note
    )
    return enveloped(ApprovalOut.of(decided))
