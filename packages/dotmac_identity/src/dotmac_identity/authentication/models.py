"""Where attempts to sign in come from, as stored."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, TenantOwned, tenant_index, tenant_unique
from dotmac_identity.mapped_base import IdentityBase
from dotmac_identity.users.lockout import FREE_OF_NETWORK, locked_until

_FORGOTTEN = timedelta(hours=1)


class SignInNetwork(TenantOwned, IdentityBase):
    """An address, or an IPv6 network, and how often somebody there failed to sign in.

    It stops one who tries a few passwords on each of many accounts, whom no lock of an account
    meets. An hour without an attempt lets the failures be forgotten.
    """

    __tablename__ = "sign_in_networks"
    __table_args__ = (tenant_unique("network"), tenant_index("last_attempt_at"))

    network: Mapped[str] = mapped_column(sa.Text())
    failures: Mapped[int] = mapped_column(sa.Integer())
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    last_attempt_at: Mapped[datetime] = mapped_column(Instant)

    def wait(self, now: datetime) -> timedelta:
        """How long nobody there may try; nothing, if they may."""
        if self.locked_until is None or self.locked_until <= now:
            return timedelta(0)
        return self.locked_until - now

    def count_attempt(self, now: datetime) -> None:
        """Count an attempt as failed, before its password is looked at; see `forgive`."""
        if now - self.last_attempt_at > _FORGOTTEN:
            self.failures = 0
        self.failures += 1
        self.last_attempt_at = now
        self.locked_until = locked_until(self.failures, now, free=FREE_OF_NETWORK)

    def forgive(self) -> None:
        """Take the latest attempt back, because it was none.

        Only that one: who has an account must not thereby get new guesses at those of others.
        """
        self.failures = max(0, self.failures - 1)
        if self.failures <= FREE_OF_NETWORK:
            self.locked_until = None
