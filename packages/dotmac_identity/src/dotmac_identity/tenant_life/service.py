"""What can be done with the life of a tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventPublisher
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id, tenant_of
from dotmac_core_ops.principal import current_actor
from dotmac_core_ops.tenant_state import TenantState
from dotmac_core_ops.tenants import is_operator, lock_tenant, set_tenant_state, tenant_state
from dotmac_identity.entitlements.granted import Feature
from dotmac_identity.entitlements.service import EntitlementService
from dotmac_identity.tenant_life.errors import (
    ConfirmationMismatchError,
    NotErasableError,
    OperatorStaysError,
)
from dotmac_identity.tenant_life.events import TenantMoved
from dotmac_identity.tenant_life.models import TenantLife, TenantMove
from dotmac_identity.tenant_life.moves import (
    TRIAL_DAYS,
    Banner,
    Due,
    MoveReason,
    banner_of,
    move_by_itself,
)
from dotmac_identity.tenant_life.repository import TenantLifeRepository

_WORKS = frozenset({TenantState.TRIAL, TenantState.ACTIVE, TenantState.PAST_DUE})


@dataclass(frozen=True)
class Trial:
    """What a new tenant may try, and for how many days."""

    plan: str
    features: Mapping[str, Feature]
    days: int = TRIAL_DAYS


@dataclass(frozen=True)
class Standing:
    """Where a tenant stands, since when and why; `days_left` until it moves by itself."""

    state: TenantState
    since: datetime | None
    reason: MoveReason | None
    note: str
    trial_ends_on: date | None
    access_ends_on: date | None
    erasable_on: date | None
    days_left: int | None
    banner: Banner | None


class TenantLifeService:
    """The life of the session's tenant. Its days are counted in UTC.

    Who may move it is decided by the caller.
    """

    def __init__(self, session: AsyncSession, lives: TenantLifeRepository) -> None:
        self._session = session
        self._lives = lives

    @classmethod
    def within(cls, session: AsyncSession) -> TenantLifeService:
        """The service in the caller's transaction."""
        return cls(session, TenantLifeRepository(session))

    async def standing(self) -> Standing:
        """Where the tenant stands; one that is not on the list counts as active."""
        now = clock_of(self._session).now()
        state = await tenant_state(self._session) or TenantState.ACTIVE
        life = await self._lives.life(now)
        ends_on = life.trial_ends_on or life.access_ends_on
        days_left = None if ends_on is None else max(0, (ends_on - now.date()).days)
        is_trial = state is TenantState.TRIAL and days_left is not None
        return Standing(
            state=state,
            since=life.since if life.reason or life.trial_ends_on else None,
            reason=life.reason,
            note=life.note,
            trial_ends_on=life.trial_ends_on,
            access_ends_on=life.access_ends_on,
            erasable_on=life.erasable_on,
            days_left=days_left,
            banner=banner_of(days_left) if is_trial and days_left is not None else None,
        )

    async def begin_trial(self, trial: Trial) -> None:
        """Let a new tenant try a plan; it was put on the list in state `trial`."""
        now = clock_of(self._session).now()
        life = await self._lives.life(now, for_update=True)
        life.wait_for(Due(trial_ends_on=now.date() + timedelta(days=trial.days)))
        await self._lives.add(life)
        await self._lives.add(self._moved(None, TenantState.TRIAL, None, ""))
        await EntitlementService.within(self._session).grant(trial.plan, trial.features)

    async def move(self, end: TenantState, reason: MoveReason, note: str = "") -> Standing:
        """Bring the tenant into another state; nothing, if it is there already.

        Raises:
            IllegalTenantMoveError, UnfitMoveReasonError: it does not follow, or not for that.
            OperatorStaysError: the operator would no longer be able to work.
        """
        start = await lock_tenant(self._session) or TenantState.ACTIVE
        if start is end:
            return await self.standing()
        if end not in _WORKS and await is_operator(self._session):
            raise OperatorStaysError
        now = clock_of(self._session).now()
        life = await self._lives.life(now, for_update=True)
        life.move(start, end, reason, note, now)
        await self._lives.add(life)
        await self._lives.add(self._moved(start, end, reason, note))
        await set_tenant_state(self._session, end)
        await self._announce(life, start, end, reason)
        return await self.standing()

    async def extend_trial(self, ends_on: date, note: str = "") -> Standing:
        """Let a trial end on another day; one that ended goes on.

        Raises:
            IllegalTenantMoveError: the tenant neither tries nor has tried.
        """
        state = await lock_tenant(self._session) or TenantState.ACTIVE
        if state is not TenantState.TRIAL:
            await self.move(TenantState.TRIAL, MoveReason.TRIAL_EXTENDED, note)
        now = clock_of(self._session).now()
        life = await self._lives.life(now, for_update=True)
        before = life.trial_ends_on
        life.wait_for(Due(trial_ends_on=ends_on))
        await record(
            self._session,
            action="identity.tenant_trial_extend",
            target=("tenant", tenant_of(self._session)),
            before={"trial_ends_on": before},
            after={"trial_ends_on": ends_on, "note": note},
        )
        return await self.standing()

    async def pass_time(self) -> bool:
        """Move the tenant if its days are over; whether it moved."""
        now = clock_of(self._session).now()
        state = await lock_tenant(self._session)
        if state is None or await is_operator(self._session):
            return False
        life = await self._lives.life(now)
        following = move_by_itself(state, life.due, now.date())
        if following is None:
            return False
        await self.move(*following)
        return True

    async def close(self, confirmation: str, slug: str, note: str = "") -> Standing:
        """Close the tenant because it asks for it; `confirmation` is `close <short name>`.

        Raises:
            ConfirmationMismatchError: it is not.
        """
        require_confirmed(confirmation, f"close {slug}")
        return await self.move(TenantState.CLOSED, MoveReason.REQUESTED, note)

    async def require_erasable(self, confirmation: str, slug: str) -> None:
        """Refuse to erase what is not closed, or could still be opened again.

        Raises:
            ConfirmationMismatchError: `confirmation` is not `erase <short name>`.
            NotErasableError: too early.
        """
        require_confirmed(confirmation, f"erase {slug}")
        now = clock_of(self._session).now()
        state = await lock_tenant(self._session) or TenantState.ACTIVE
        erasable_on = (await self._lives.life(now)).erasable_on
        is_over = erasable_on is not None and erasable_on <= now.date()
        if state is not TenantState.CLOSED or not is_over:
            raise NotErasableError(state, erasable_on)

    async def history(self, *, offset: int, limit: int) -> tuple[Sequence[TenantMove], int]:
        """The tenant's moves, newest first, and how many there are in all."""
        return await self._lives.moves(offset=offset, limit=limit)

    def _moved(
        self, start: TenantState | None, end: TenantState, reason: MoveReason | None, note: str
    ) -> TenantMove:
        return TenantMove(
            id=new_id(),
            at=clock_of(self._session).now(),
            start=start,
            end=end,
            reason=reason,
            note=note,
            actor=current_actor().name,
        )

    async def _announce(
        self, life: TenantLife, start: TenantState, end: TenantState, reason: MoveReason
    ) -> None:
        tenant_id: UUID = tenant_of(self._session)
        await EventPublisher(self._session).publish(
            TenantMoved(tenant_id=tenant_id, start=start.value, end=end.value, reason=reason.value)
        )
        await record(
            self._session,
            action="identity.tenant_move",
            target=("tenant", tenant_id),
            before={"state": start.value},
            after={"state": end.value, "reason": reason.value, "note": life.note},
        )


def require_confirmed(confirmation: str, expected: str) -> None:
    """Refuse what cannot be undone and was not confirmed word by word.

    Raises:
        ConfirmationMismatchError: `confirmation` is not `expected`.
    """
    if confirmation.strip() != expected:
        raise ConfirmationMismatchError(expected)
