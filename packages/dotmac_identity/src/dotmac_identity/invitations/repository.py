"""Every query on invitations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.invitations.models import Invitation, InvitationState

_OPEN = sa.and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))


class InvitationRepository:
    """The tenant's invitations."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, invitation: Invitation) -> None:
        """Keep a new invitation."""
        self._session.add(invitation)

    async def by_id(self, invitation_id: UUID, kind: AccountKind) -> Invitation | None:
        """The invitation of this kind, locked until the transaction ends."""
        query = (
            sa.select(Invitation)
            .where(Invitation.id == invitation_id, Invitation.kind == kind)
            .with_for_update()
        )
        return await self._session.scalar(query)

    async def by_hash(self, token_hash: bytes) -> Invitation | None:
        """The invitation with this token, locked until the transaction ends."""
        query = sa.select(Invitation).where(Invitation.token_hash == token_hash).with_for_update()
        return await self._session.scalar(query)

    async def open_to(self, email: str, kind: AccountKind) -> Invitation | None:
        """The one to this address that was neither accepted nor revoked; it may have expired."""
        query = sa.select(Invitation).where(
            Invitation.email == email, Invitation.kind == kind, _OPEN
        )
        return await self._session.scalar(query.with_for_update())

    async def pending(self, kind: AccountKind, now: datetime) -> int:
        """How many can be accepted."""
        wanted = (Invitation.kind == kind, _in_state(InvitationState.PENDING, now))
        query = sa.select(sa.func.count()).select_from(Invitation).where(*wanted)
        return await self._session.scalar(query) or 0

    async def is_for_any(self, customer_ids: Sequence[UUID]) -> bool:
        """Whether somebody was invited to the portal for any of the customers."""
        wanted = (
            sa.func.unnest(sa.bindparam("ids", list(customer_ids), sa.ARRAY(sa.Uuid())))
            .table_valued("id")
            .render_derived()
        )
        query = (
            sa.select(sa.literal(1))
            .select_from(Invitation)
            .join(wanted, wanted.c.id == Invitation.customer_id)
        )
        return await self._session.scalar(query.limit(1)) is not None

    async def move_customer(self, customer_id: UUID, to: UUID) -> None:
        """Let those invited for a customer join for another one."""
        await self._session.execute(
            sa.update(Invitation)
            .where(Invitation.customer_id == customer_id)
            .values(customer_id=to)
        )

    async def page(
        self,
        kind: AccountKind,
        now: datetime,
        *,
        state: InvitationState | None,
        customer_id: UUID | None,
        offset: int,
        limit: int,
    ) -> tuple[Sequence[Invitation], int]:
        """A page of those that match, newest first, and how many match in all."""
        wanted = [Invitation.kind == kind]
        if state is not None:
            wanted.append(_in_state(state, now))
        if customer_id is not None:
            wanted.append(Invitation.customer_id == customer_id)
        total = await self._session.scalar(
            sa.select(sa.func.count()).select_from(Invitation).where(*wanted)
        )
        rows = sa.select(Invitation).where(*wanted).order_by(Invitation.id.desc())
        found = await self._session.scalars(rows.offset(offset).limit(limit))
        return found.all(), total or 0


def _in_state(state: InvitationState, now: datetime) -> sa.ColumnElement[bool]:
    match state:
        case InvitationState.ACCEPTED:
            return Invitation.accepted_at.is_not(None)
        case InvitationState.REVOKED:
            return Invitation.revoked_at.is_not(None)
        case InvitationState.PENDING:
            return sa.and_(_OPEN, Invitation.expires_at > now)
        case InvitationState.EXPIRED:
            return sa.and_(_OPEN, Invitation.expires_at <= now)
