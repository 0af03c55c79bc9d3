"""Sign-ins under way at a provider, as stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    tenant_foreign_key,
    tenant_index,
    tenant_unique,
)
from dotmac_identity.mapped_base import IdentityBase

FLOW_LIFE = timedelta(minutes=10)
"""How long somebody has at the provider."""

CODE_LIFE = timedelta(minutes=1)
"""How long the app has to fetch the session."""


class SignInFlow(TenantOwned, IdentityBase):
    """From leaving for a provider until the app has its session; each step is taken once.

    Somebody who is signed in links an identity: then `linking_user_id` is who, and
    `linking_session_id` the session in which they asked for it. `user_id` is whom the answer was
    about, and `code_hash` that of the code with which the app fetches the session.
    """

    __tablename__ = "sign_in_flows"
    __table_args__ = (
        tenant_foreign_key("provider_id", "identity.sign_in_providers"),
        tenant_foreign_key("linking_user_id", "identity.users"),
        tenant_foreign_key("user_id", "identity.users"),
        tenant_unique("state_hash"),
        tenant_unique("code_hash"),
        tenant_index("provider_id"),
        tenant_index("expires_at"),
    )

    provider_id: Mapped[UUID] = mapped_column(sa.Uuid())
    state_hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    linking_user_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    linking_session_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    return_to: Mapped[str | None] = mapped_column(sa.Text())
    max_age_seconds: Mapped[int | None] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    user_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    code_hash: Mapped[bytes | None] = mapped_column(sa.LargeBinary())
    code_expires_at: Mapped[datetime | None] = mapped_column(Instant)
    second_factor_vouched: Mapped[bool] = mapped_column(sa.Boolean(), default=False)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)

    def awaits_answer(self, now: datetime) -> bool:
        """Whether the provider's answer is taken at `now`."""
        return self.answered_at is None and self.expires_at > now

    def hand_over(self, user_id: UUID, code_hash: bytes, now: datetime, *, vouched: bool) -> None:
        """Let the app fetch the session of `user_id` with the code of this hash."""
        self.user_id, self.code_hash = user_id, code_hash
        self.code_expires_at = now + CODE_LIFE
        self.second_factor_vouched = vouched

    def awaits_app(self, now: datetime) -> bool:
        """Whether the app can fetch the session at `now`."""
        expires_at = self.code_expires_at
        return self.finished_at is None and expires_at is not None and expires_at > now
