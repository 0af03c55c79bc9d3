"""Using up a second person's agreement; `dotmac_core_events` has the asking and the giving."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.approvals.actions import Deed, needs_approval
from dotmac_core_ops.approvals.errors import ApprovalNotFoundError, ApprovalRequiredError
from dotmac_core_ops.approvals.repository import ApprovalRepository
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.principal import current_actor


async def require_approval(session: AsyncSession, deed: Deed, approval_id: UUID | None) -> None:
    """Refuse `deed` if it is above the tenant's limit and no second person has agreed to it.

    Call it in the transaction that does the deed, for the present actor: the approval is used up
    with it, and of two uses at once one waits and is refused. Up to the limit nothing is asked, and
    an approval given all the same stays unused.

    Raises:
        ApprovalRequiredError: it is above the limit and there is no `approval_id`.
        ApprovalNotFoundError, ApprovalUnfitError, ApprovalNotOpenError: it does not serve.
    """
    approvals = ApprovalRepository(session)
    limits = await approvals.limits_of(deed.action)
    if not needs_approval(deed.amount, deed.currency, limits):
        return
    if approval_id is None:
        raise ApprovalRequiredError(deed, limits.get(deed.currency))
    approval = await approvals.by_id(approval_id, for_update=True)
    if approval is None:
        raise ApprovalNotFoundError(approval_id)
    actor = current_actor()
    now = clock_of(session).now()
    approval.use(deed, by=actor.name, person=actor.responsible, now=now)
    await record(session, action="approvals.use", target=("approval", approval_id))
