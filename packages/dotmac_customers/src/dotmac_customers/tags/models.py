"""Tag definitions as stored; which customers have a tag stands with the customers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, Json, TenantOwned, tenant_unique
from dotmac_customers.mapped_base import CustomersBase


class TagDefinition(TenantOwned, CustomersBase):
    """What a tag means, how it is shown, and the rule that gives it to customers, if any.

    A tag with a rule is on exactly the customers who match it; nobody gives or takes it by hand.
    """

    __tablename__ = "tag_definitions"
    __table_args__ = (tenant_unique("name"),)

    name: Mapped[str] = mapped_column(sa.Text())
    colour: Mapped[str] = mapped_column(sa.String(7))
    description: Mapped[str] = mapped_column(sa.Text())
    rule: Mapped[dict[str, Any] | None] = mapped_column(Json)
    version: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
