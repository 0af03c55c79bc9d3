"""Definitions of custom fields as stored; the values are in the tables of what they are of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, Json, TenantOwned, enum_type, tenant_unique
from dotmac_identity.custom_fields.fields import FieldDefinition, FieldType, bound_of
from dotmac_identity.mapped_base import IdentityBase


class CustomField(TenantOwned, IdentityBase):
    """A field that the tenant has added to a kind of thing; archived ones keep their key."""

    __tablename__ = "custom_fields"
    __table_args__ = (tenant_unique("entity", "key"),)

    entity: Mapped[str] = mapped_column(sa.Text())
    key: Mapped[str] = mapped_column(sa.Text())
    label: Mapped[str] = mapped_column(sa.Text())
    type: Mapped[FieldType] = mapped_column(enum_type(FieldType))
    help: Mapped[str] = mapped_column(sa.Text())
    is_required: Mapped[bool] = mapped_column(sa.Boolean())
    options: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    pattern: Mapped[str | None] = mapped_column(sa.Text())
    minimum: Mapped[str | None] = mapped_column(sa.Text())
    maximum: Mapped[str | None] = mapped_column(sa.Text())
    default: Mapped[Any] = mapped_column("default_value", Json, nullable=True)
    is_searchable: Mapped[bool] = mapped_column(sa.Boolean())
    is_portal_visible: Mapped[bool] = mapped_column(sa.Boolean())
    position: Mapped[int] = mapped_column(sa.Integer())
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    def changed(self, now: datetime) -> None:
        """Count a change."""
        self.version += 1
        self.updated_at = now

    def definition(self) -> FieldDefinition:
        """The field as it is asked about."""
        return FieldDefinition(
            id=self.id,
            entity=self.entity,
            key=self.key,
            label=self.label,
            type=self.type,
            help=self.help,
            is_required=self.is_required,
            options=tuple(self.options),
            pattern=self.pattern,
            minimum=bound_of(self.type, "minimum", self.minimum),
            maximum=bound_of(self.type, "maximum", self.maximum),
            default=self.default,
            is_searchable=self.is_searchable,
            is_portal_visible=self.is_portal_visible,
            position=self.position,
            is_archived=self.archived_at is not None,
            version=self.version,
        )
