"""Asking for a second person's agreement, and giving it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events.approvals.events import (
    ApprovalDecided,
    ApprovalExpired,
    ApprovalRequested,
)
from dotmac_core_events.publisher import EventPublisher
from dotmac_core_events.queue.service import enqueue
from dotmac_core_ops.approvals import (
    Approval,
    ApprovalNotFoundError,
    ApprovalRepository,
    ApprovalState,
    ApproverNotAPersonError,
    Deed,
    UnknownActionError,
)
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id
from dotmac_core_ops.module import ApprovableAction
from dotmac_core_ops.principal import PermissionDeniedError, Principal, current_actor

LIFE = timedelta(hours=24)
"""How long after it was asked for an approval can be decided and used."""

EXPIRE = "events.expire_approval"
"""The name of the job at the end of that time."""

_TARGET = "approval"


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
        await EventPublisher(self._session).publish(
            ApprovalRequested(
                **_facts(approval),
                permission=self._known(deed.action).permission,
                expires_at=approval.expires_at,
            )
        )
        due = {"approval_id": str(approval.id)}
        await enqueue(self._session, EXPIRE, due, key=due["approval_id"], run_at=now + LIFE)
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
        await EventPublisher(self._session).publish(
            ApprovalDecided(
                **_facts(approval), decision=end.value, decided_by=approval.decided_by or ""
            )
        )
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


async def announce_expiry(session: AsyncSession, approval_id: UUID) -> bool:
    """Tell that an approval's time is up; whether it is, and the approval served for nothing."""
    approval = await ApprovalRepository(session).by_id(approval_id)
    if approval is None or not approval.is_lost(clock_of(session).now()):
        return False
    await EventPublisher(session).publish(
        ApprovalExpired(**_facts(approval), state=approval.state.value)
    )
    await record(
        session,
        action="approvals.expire",
        target=(_TARGET, approval_id),
        after={"state": approval.state.value},
    )
    return True


def _facts(approval: Approval) -> dict[str, Any]:
    return {
        "approval_id": approval.id,
        "action": approval.action,
        "target_type": approval.target_type,
        "target_id": approval.target_id,
        "amount": approval.amount,
        "currency": approval.currency,
        "requester": approval.requester,
    }
