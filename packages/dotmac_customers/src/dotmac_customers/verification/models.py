"""Verifications, and what may become of one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import (
    Instant,
    TenantOwned,
    enum_type,
    tenant_foreign_key,
    tenant_index,
)
from dotmac_customers.mapped_base import CustomersBase
from dotmac_customers.verification.evidence import code_matches
from dotmac_customers.verification.terms import (
    MOST_ATTEMPTS,
    VerificationKind,
    VerificationState,
)


class Verification(TenantOwned, CustomersBase):
    """That somebody was asked to show that an address is theirs, and whether they did."""

    __tablename__ = "verifications"
    __table_args__ = (
        tenant_foreign_key("customer_id", "customers.customers"),
        tenant_index("customer_id", "kind", "id", name="ix_verifications_customer"),
        tenant_index("token_digest", name="ix_verifications_token"),
        tenant_index("expires_at", name="ix_verifications_expiry", where="state = 'pending'"),
    )

    customer_id: Mapped[UUID]
    kind: Mapped[VerificationKind] = mapped_column(enum_type(VerificationKind))
    address: Mapped[str] = mapped_column(sa.Text())
    state: Mapped[VerificationState] = mapped_column(enum_type(VerificationState))
    token_digest: Mapped[bytes | None] = mapped_column(sa.LargeBinary())
    # None once it is over.
    code_digest: Mapped[bytes | None] = mapped_column(sa.LargeBinary())
    attempts: Mapped[int] = mapped_column(sa.SmallInteger())
    code_expires_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    requested_by: Mapped[str] = mapped_column(sa.Text())
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def attempts_left(self) -> int:
        """Codes that may still be tried."""
        if self.state is not VerificationState.PENDING:
            return 0
        return max(MOST_ATTEMPTS - self.attempts, 0)

    def is_open(self, now: datetime) -> bool:
        """Whether its link still verifies."""
        return self.state is VerificationState.PENDING and now < self.expires_at

    def try_code(self, code: str, now: datetime) -> bool:
        """Whether `code` is the one; each wrong one counts, and the last ends it."""
        if self.code_digest is None or not self.is_open(now) or now >= self.code_expires_at:
            return False
        if code_matches(self.id, code, self.code_digest):
            return True
        self.attempts += 1
        if self.attempts >= MOST_ATTEMPTS:
            self.end(VerificationState.FAILED, now)
        return False

    def end(self, state: VerificationState, now: datetime) -> None:
        """It is over; its code is forgotten, its link is known as used if it verified."""
        self.state, self.ended_at, self.code_digest = state, now, None
        if state is not VerificationState.VERIFIED:
            self.token_digest = None
