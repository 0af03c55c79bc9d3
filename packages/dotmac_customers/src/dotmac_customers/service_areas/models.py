"""Service areas as stored."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, Json, TenantOwned, tenant_unique
from dotmac_customers.mapped_base import CustomersBase
from dotmac_customers.service_areas.polygons import bounds_of, read_area, stored


class ServiceArea(TenantOwned, CustomersBase):
    """A part of the map, and what the tenant offers there: codes of plans, of technologies.

    The box around it (`west` to `north`) lets the database sort out what is far away.
    """

    __tablename__ = "service_areas"
    __table_args__ = (tenant_unique("name"),)

    name: Mapped[str] = mapped_column(sa.Text())
    description: Mapped[str] = mapped_column(sa.Text())
    offers: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    is_active: Mapped[bool] = mapped_column(sa.Boolean())
    geometry: Mapped[dict[str, Any]] = mapped_column(Json)
    west: Mapped[Decimal] = mapped_column(sa.Numeric(9, 6))
    south: Mapped[Decimal] = mapped_column(sa.Numeric(9, 6))
    east: Mapped[Decimal] = mapped_column(sa.Numeric(9, 6))
    north: Mapped[Decimal] = mapped_column(sa.Numeric(9, 6))
    version: Mapped[int] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    def draw(self, geojson: dict[str, Any]) -> None:
        """Let it be this part of the map.

        Raises:
            InvalidAreaError: it is none.
        """
        area = read_area(geojson)
        bounds = bounds_of(area)
        self.geometry = stored(area)
        self.west, self.south = bounds.west, bounds.south
        self.east, self.north = bounds.east, bounds.north
