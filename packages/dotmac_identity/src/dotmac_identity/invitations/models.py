"""Invitations as stored, and what can become of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    enum_type,
    tenant_index,
    tenant_unique,
)
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.invitations.errors import InvitationClosedError
from dotmac_identity.mapped_base import IdentityBase


class InvitationState(StrEnum):
    """Where an invitation stands."""

    PENDING = "pending"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    REVOKED = "revoked"


class Invitation(TenantOwned, IdentityBase):
    """Somebody was asked to join; the link's token is kept as its hash.

    An address has at most one that is open in each kind. `user_id` is whom it has become.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        tenant_unique("token_hash"),
        tenant_index(
            "kind", "email", where="accepted_at IS NULL AND revoked_at IS NULL", unique=True
        ),
        tenant_index("customer_id", where="customer_id IS NOT NULL"),
    )

    kind: Mapped[AccountKind] = mapped_column(enum_type(AccountKind))
    email: Mapped[str] = mapped_column(sa.Text())
    name: Mapped[str] = mapped_column(sa.Text())
    roles: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    customer_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    portal_permissions: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    locale: Mapped[str] = mapped_column(sa.Text())
    token_hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    invited_by: Mapped[str] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    user_id: Mapped[UUID | None] = mapped_column(sa.Uuid())

    def state(self, now: datetime) -> InvitationState:
        """Where it stands at `now`."""
        if self.accepted_at is not None:
            return InvitationState.ACCEPTED
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        return InvitationState.PENDING if self.expires_at > now else InvitationState.EXPIRED

    def renew(self, token_hash: bytes, sent_at: datetime, expires_at: datetime) -> None:
        """Send it again with another token; the former one is good no more.

        Raises:
            InvitationClosedError: it was accepted or revoked.
        """
        self._require_open()
        self.token_hash, self.sent_at, self.expires_at = token_hash, sent_at, expires_at

    def revoke(self, now: datetime) -> None:
        """Take it back.

        Raises:
            InvitationClosedError: it was accepted or revoked.
        """
        self._require_open()
        self.revoked_at = now

    def accept(self, user_id: UUID, now: datetime) -> None:
        """Note whom it has become."""
        self.accepted_at, self.user_id = now, user_id

    def _require_open(self) -> None:
        if self.accepted_at is not None or self.revoked_at is not None:
            raise InvitationClosedError
