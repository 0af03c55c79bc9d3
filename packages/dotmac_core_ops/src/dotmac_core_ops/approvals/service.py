"""Asking for a second person's agreement, giving it, and using it up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.approvals.actions import ApprovalState, Deed, needs_approval
from dotmac_core_ops.approvals.errors import (
    ApprovalNotFoundError,
    ApprovalRequiredError,
    ApproverNotAPersonError,
    UnknownActionError,
)
from dotmac_core_ops.approvals.models import Approval
from dotmac_core_ops.approvals.repository import ApprovalRepository
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.module import ApprovableAction
from dotmac_core_ops.principal import PermissionDeniedError, Principal, current_actor

LIFE = timedelta(hours=24)
"""How long after it was asked for an approval can be decided and used."""

_TARGET = "approval"


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
    await record(session, action="approvals.use", target=(_TARGET, approval_id))


class ApprovalService:
    """Approvals of the session's tenant; `actions` are those of the installed modules, by name."""

    def __init__(self, session: AsyncSession, actions: Mapping[str, ApprovableAction]) -> None:
        self._session = session
        self._clock = clock_of(session)
        self._approvals = ApprovalRepository(session)
        self._actions = actions

    async def request(self, principal: Principal, deed: Deed, reason: str) -> Approval:
        """Ask that somebody agrees to `deed`.

        Raises:
            UnknownActionError: no module has the action.
            PermissionDeniedError: who asks could not do it either.
        """
        self._require_right(principal, deed.action)
        now = self._clock.now()
        kind, target_id = deed.target
        approval = Approval(
            id=new_id(),
            action=deed.action,
            target_type=kind,
            target_id=str(target_id),
            amount=deed.amount,
            currency=deed.currency,
            reason=reason,
            state=ApprovalState.PENDING,
            requested_by=principal.subject,
            requester=principal.actor().responsible,
            requested_at=now,
            expires_at=now + LIFE,
        )
        await self._approvals.add(approval)
        await self._record("request", approval, reason)
        return approval

    async def decide(
        self, principal: Principal, approval_id: UUID, end: ApprovalState, note: str | None
    ) -> Approval:
        """Agree (`APPROVED`) or refuse (`REJECTED`), as a person other than the one who asked.

        Raises:
            ApproverNotAPersonError: a key, a service account, or somebody who acts as another.
            ApprovalNotFoundError: there is no such approval.
            PermissionDeniedError: who decides could not do it themselves.
            OwnApprovalError: it is their own.
            ApprovalNotOpenError: it was decided before, or has expired.
        """
        if principal.kind != "user" or principal.impersonated_by is not None:
            raise ApproverNotAPersonError
        approval = await self._approvals.by_id(approval_id, for_update=True)
        if approval is None:
            raise ApprovalNotFoundError(approval_id)
        self._require_right(principal, approval.action)
        approval.decide(end, principal.actor().responsible, note, self._clock.now())
        await self._session.flush()  # the answer shows what is stored
        await self._record(end.value, approval, note)
        return approval

    async def set_limit(self, action: str, currency: str, amount: Decimal | None) -> None:
        """Let the action need approval above `amount`; None: never, in this currency.

        Raises:
            UnknownActionError: no module has the action.
        """
        self._known(action)
        before = (await self._approvals.limits_of(action)).get(currency)
        if amount is None:
            await self._approvals.remove_limit(action, currency)
        else:
            await self._approvals.set_limit(
                action, currency, amount, by=current_actor().name, now=self._clock.now()
            )
        await record(
            self._session,
            action="approvals.set_limit",
            target=("approval_limit", f"{action}:{currency}"),
            before={"amount": before},
            after={"amount": amount},
        )

    def _known(self, action: str) -> ApprovableAction:
        found = self._actions.get(action)
        if found is None:
            raise UnknownActionError(action, self._actions)
        return found

    def _require_right(self, principal: Principal, action: str) -> None:
        permission = self._known(action).permission
        if not principal.allows(permission):
            raise PermissionDeniedError(permission)

    async def _record(self, what: str, approval: Approval, text: str | None) -> None:
        await record(
            self._session,
            action=f"approvals.{what}",
            target=(_TARGET, approval.id),
            after={
                "action": approval.action,
                "target": f"{approval.target_type}:{approval.target_id}",
                "amount": approval.amount,
                "currency": approval.currency,
                "reason": text,
            },
        )
