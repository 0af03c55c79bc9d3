"""What happened, by whom, and the seals over it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, Json, TenantOwned, tenant_index, tenant_unique
from dotmac_core_ops.tenants import CoreBase

TRANSACTION_NUMBER = sa.text("pg_current_xact_id()::text::bigint")


class AuditEntry(TenantOwned, CoreBase):
    """One business action; append-only.

    `transaction_number` is the writing transaction's, never reused within one server: by it the
    sealing job knows which entries can still be joined by others that began earlier.
    `impersonated_by` is the person of the operator who acted as `actor`.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        tenant_index("transaction_number"),
        tenant_index("target_type", "target_id", "id"),
        tenant_index("at", "id"),
        tenant_index("actor", "at"),
        tenant_index("request_id"),
        tenant_index(
            "impersonated_by",
            "at",
            name="ix_audit_log_impersonated",
            where="impersonated_by IS NOT NULL",
        ),
    )

    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(sa.Text())
    actor_kind: Mapped[str] = mapped_column(sa.Text())
    action: Mapped[str] = mapped_column(sa.Text())
    target_type: Mapped[str] = mapped_column(sa.Text())
    target_id: Mapped[str] = mapped_column(sa.Text())
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    request_id: Mapped[str | None] = mapped_column(sa.Text())
    transaction_number: Mapped[int] = mapped_column(
        sa.BigInteger(), server_default=TRANSACTION_NUMBER
    )
    impersonated_by: Mapped[str | None] = mapped_column(sa.Text())


class AuditBlock(TenantOwned, CoreBase):
    """A seal over the entries it lists, chained to the block before; append-only.

    `horizon`: every transaction with a lower number had ended when the block was made, on the
    server `server_id`. `after_id`: entries up to this one were written on a server before that.
    `row_hashes`: 32 bytes for each entry in the order of `covered`, by which an altered one is
    named; older blocks have none.
    """

    __tablename__ = "audit_blocks"
    __table_args__ = (tenant_unique("number"), tenant_index("last_id"))

    number: Mapped[int] = mapped_column(sa.BigInteger())
    sealed_at: Mapped[datetime] = mapped_column(Instant)
    covered: Mapped[list[UUID]] = mapped_column(sa.ARRAY(sa.Uuid()))
    first_id: Mapped[UUID] = mapped_column(sa.Uuid())
    last_id: Mapped[UUID] = mapped_column(sa.Uuid())
    rows: Mapped[int] = mapped_column(sa.Integer())
    previous_hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    horizon: Mapped[int] = mapped_column(sa.BigInteger())
    server_id: Mapped[int] = mapped_column(sa.BigInteger())
    after_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    row_hashes: Mapped[bytes | None] = mapped_column(sa.LargeBinary())
