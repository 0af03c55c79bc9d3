"""Defining meters."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.usage.meters.definition import NewMeter, require_sound, require_window
from dotmac_billing.usage.meters.errors import MeterCodeTakenError, MeterNotFoundError
from dotmac_billing.usage.meters.repository import MeterRepository
from dotmac_billing.usage.models import Meter
from dotmac_billing.usage.terms import LatePolicy
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id


async def define_meter(session: AsyncSession, new: NewMeter) -> Meter:
    """Count something from now on; see `MeterService.define`."""
    return await MeterService(session).define(new)


class MeterService:
    """Which meters there are."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._meters = MeterRepository(session)

    async def get(self, meter_id: UUID, *, locked: bool = False) -> Meter:
        """The meter of that id.

        Raises:
            MeterNotFoundError: there is none.
        """
        meter = await self._meters.find(meter_id, locked=locked)
        if meter is None:
            raise MeterNotFoundError(meter_id)
        return meter

    async def define(self, new: NewMeter) -> Meter:
        """Add a meter.

        Raises:
            InvalidMeterError: see `require_sound`.
            MeterCodeTakenError: the code is in use.
        """
        require_sound(new)
        if await self._meters.find_by_code(new.code) is not None:
            raise MeterCodeTakenError(new.code)
        meter = Meter(
            id=new_id(),
            code=new.code,
            name=new.name,
            aggregation=new.aggregation,
            weighting=new.weighting,
            value_property=new.value_property,
            price_property=new.price_property,
            filters={name: list(accepted) for name, accepted in new.filters.items()},
            dimensions=list(new.dimensions),
            late_policy=new.late_policy,
            back_dating_days=new.back_dating_days,
            created_at=clock_of(self._session).now(),
            version=1,
        )
        await self._meters.add(meter)
        await record(
            self._session,
            action="meters.define",
            target=("meter", meter.id),
            after={"code": new.code, "aggregation": new.aggregation.value},
        )
        return meter

    async def change(
        self,
        meter: Meter,
        *,
        name: str | None = None,
        late_policy: LatePolicy | None = None,
        back_dating_days: int | None = None,
        archived: bool | None = None,
    ) -> Meter:
        """Change what may change; what a meter counts is fixed, for it has been billed so.

        None leaves as it is. An archived meter takes no events; its usage stays.

        Raises:
            InvalidMeterError: a window outside 1 to 366 days.
        """
        before = _changeable(meter)
        meter.name = name or meter.name
        meter.late_policy = late_policy or meter.late_policy
        if back_dating_days is not None:
            meter.back_dating_days = require_window(back_dating_days)
        if archived is not None and archived != (meter.archived_at is not None):
            meter.archived_at = clock_of(self._session).now() if archived else None
        meter.version += 1
        await record(
            self._session,
            action="meters.change",
            target=("meter", meter.id),
            before=before,
            after=_changeable(meter),
        )
        return meter


def _changeable(meter: Meter) -> dict[str, object]:
    return {
        "name": meter.name,
        "late_policy": meter.late_policy.value,
        "back_dating_days": meter.back_dating_days,
        "archived_at": meter.archived_at,
    }
