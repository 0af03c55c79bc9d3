"""How documents of a tenant look."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_billing.documents.style import Paper
from dotmac_billing.mapped_base import BillingBase
from dotmac_core_ops.database import Instant, TenantOwned, enum_type, tenant_index, tenant_unique


class DocumentTemplate(TenantOwned, BillingBase):
    """A look with its texts. The default one is used where no other is asked for.

    `html` is a Jinja template of the whole page, used for HTML in place of the built-in one.
    """

    __tablename__ = "document_templates"
    __table_args__ = (
        tenant_unique("code"),
        tenant_index(
            "is_default", name="uq_document_templates_default", where="is_default", unique=True
        ),
    )

    code: Mapped[str] = mapped_column(sa.Text())
    is_default: Mapped[bool] = mapped_column(sa.Boolean())
    locale: Mapped[str] = mapped_column(sa.Text())
    paper: Mapped[Paper] = mapped_column(enum_type(Paper))
    accent: Mapped[str] = mapped_column(sa.Text())
    logo: Mapped[bytes | None] = mapped_column(sa.LargeBinary())
    header: Mapped[str | None] = mapped_column(sa.Text())
    footer: Mapped[str | None] = mapped_column(sa.Text())
    terms: Mapped[str | None] = mapped_column(sa.Text())
    html: Mapped[str | None] = mapped_column(sa.Text())
    shows_payment_code: Mapped[bool] = mapped_column(sa.Boolean())
    shows_explanations: Mapped[bool] = mapped_column(sa.Boolean())
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(sa.Integer())


class DrawnDocument(TenantOwned, BillingBase):
    """A file that was drawn of a document; `tag` is of all that it was drawn from."""

    __tablename__ = "drawn_documents"
    __table_args__ = (tenant_unique("tag"),)

    tag: Mapped[str] = mapped_column(sa.Text())
    file_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(Instant)
