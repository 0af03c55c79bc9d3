"""The workshop in which the sample tenant makes up its cables: machines and their maintenance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.months import add_months
from unison import (
    Done,
    Frequency,
    NewEquipment,
    NewPmSchedule,
    Rhythm,
    add_equipment,
    complete_maintenance,
    plan_maintenance,
)

EQUIPMENT = (
    NewEquipment("GEN-01", "Standby generator, 250 kVA diesel", "Yard"),
    NewEquipment("UPS-01", "Battery string of the exchange", "Exchange, room 2"),
    NewEquipment("CRAC-01", "Precision air conditioner north", "Exchange, room 1"),
    NewEquipment("CRAC-02", "Precision air conditioner south", "Exchange, room 1"),
    NewEquipment("FIRE-01", "Gas extinguishing system", "Exchange"),
    NewEquipment("CUT-01", "Cable cutting and stripping line", "Workshop, bay 1"),
    NewEquipment("OVEN-01", "Epoxy curing oven", "Workshop, bay 2"),
    NewEquipment("POL-01", "Ferrule polishing machine 1", "Workshop, bay 3"),
    NewEquipment("POL-02", "Ferrule polishing machine 2", "Workshop, bay 3"),
    NewEquipment("COMP-01", "Screw compressor, 15 kW", "Workshop, plant room"),
    NewEquipment("LIFT-01", "Forklift truck, 2.5 t", "Warehouse"),
    NewEquipment("MOULD-01", "Boot moulding press", "Workshop, bay 4", is_active=False),
)

_COMPLETIONS = 2  # of each schedule that are on record here


@dataclass(frozen=True)
class SamplePlan:
    """Maintenance that began `months_ago`, on that `day` or on the month's last.

    The last `missed` due dates were not done; the others were, each that many days late.
    """

    code: str
    title: str
    equipment: str
    frequency: Frequency
    interval: int
    months_ago: int
    day: int
    minutes: int
    instructions: str
    missed: int = 0
    late_days: int = 0
    by_owner: bool = False
    is_active: bool = True

    def rhythm(self, today: date) -> Rhythm:
        """On which days it is due."""
        month = add_months(today.replace(day=1), -self.months_ago)
        last_day = add_months(month, 1) - timedelta(days=1)
        anchor_on = min(month + timedelta(days=self.day - 1), last_day)
        return Rhythm(anchor_on, self.frequency, self.interval)


_DAILY, _WEEKLY, _MONTHLY = Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY
_QUARTERLY, _YEARLY = Frequency.QUARTERLY, Frequency.YEARLY

PLANS = (
    SamplePlan(
        *("GEN-TEST", "Test run under load", "GEN-01", _MONTHLY, 1, 14, 31, 60),
        instructions="Run 30 minutes at half load. Note oil pressure, temperature, hours.",
    ),
    SamplePlan(
        *("GEN-SERVICE", "Change oil and filters", "GEN-01", _YEARLY, 1, 30, 15, 240),
        instructions="18 l of 15W-40, oil filter, two fuel filters. Take an oil sample.",
        by_owner=True,
    ),
    SamplePlan(
        *("UPS-VOLT", "Measure cell voltages", "UPS-01", _QUARTERLY, 1, 17, 10, 90),
        instructions="Measure all 32 blocks on float. Replace a block below 12.9 V.",
        missed=1,
    ),
    SamplePlan(
        *("UPS-LOAD", "Discharge test", "UPS-01", _YEARLY, 2, 26, 20, 300),
        instructions="Discharge to 80 % after announcing it to the network centre.",
    ),
    *(
        SamplePlan(
            *(f"{unit}-FILTER", "Change air filters", unit, _QUARTERLY, 1, 13, 31, 45),
            instructions="Four filters of class F7. Clean the condensate tray and its drain.",
            late_days=3,
            missed=missed,
        )
        for unit, missed in (("CRAC-01", 0), ("CRAC-02", 1))
    ),
    SamplePlan(
        *("FIRE-CHECK", "Inspect the extinguishing system", "FIRE-01", _YEARLY, 1, 25, 29, 180),
        instructions="By the approved contractor only. File the certificate.",
        by_owner=True,
    ),
    SamplePlan(
        *("CUT-BLADES", "Replace the cutting blades", "CUT-01", _WEEKLY, 2, 6, 2, 30),
        instructions="Lock out the drive. Wear cut-resistant gloves. Set the gap to 0.05 mm.",
    ),
    SamplePlan(
        *("OVEN-CAL", "Calibrate the temperature", "OVEN-01", _QUARTERLY, 2, 19, 5, 120),
        instructions="Compare with the reference at 85 °C and 120 °C; at most 2 K apart.",
        late_days=2,
    ),
    *(
        SamplePlan(
            *(f"{unit}-CLEAN", "Clean platen and change film", unit, _DAILY, 1, 2, 1, 15),
            instructions="Rinse with deionised water. Check the pressure of all jigs.",
            missed=missed,
        )
        for unit, missed in (("POL-01", 0), ("POL-02", 3))
    ),
    SamplePlan(
        *("COMP-DRAIN", "Drain condensate and check the belt", "COMP-01", _WEEKLY, 1, 5, 4, 20),
        instructions="Drain receiver and separator. Belt gives 10 mm at most.",
        late_days=1,
    ),
    SamplePlan(
        *("COMP-SERVICE", "Change oil and separator", "COMP-01", _MONTHLY, 6, 20, 18, 150),
        instructions="Relieve the pressure before you open it. 6 l of VDL 46.",
        by_owner=True,
    ),
    SamplePlan(
        *("LIFT-EXAM", "Thorough examination of the forklift", "LIFT-01", _YEARLY, 1, 23, 28, 120),
        instructions="By a competent person; chains, forks, brakes, hydraulics.",
    ),
    SamplePlan(
        *("MOULD-GREASE", "Grease the toggle", "MOULD-01", _WEEKLY, 4, 12, 7, 25),
        instructions="Eight nipples, two strokes each.",
        is_active=False,
    ),
)


async def build_plant(session: AsyncSession, today: date, owner_id: UUID) -> None:
    """Enter the equipment, plan its maintenance, and put the latest work on record."""
    equipment = await add_equipment(session, EQUIPMENT)
    made = await plan_maintenance(
        session, [_schedule(plan, equipment, today, owner_id) for plan in PLANS]
    )
    for plan in PLANS:
        for completed_on in _completed(plan, today)[1:]:
            done = Done(completed_on, plan.minutes + 5)
            await complete_maintenance(session, made[plan.code], done)


def _schedule(
    plan: SamplePlan, equipment: dict[str, UUID], today: date, owner_id: UUID
) -> NewPmSchedule:
    return NewPmSchedule(
        code=plan.code,
        title=plan.title,
        equipment_id=equipment[plan.equipment],
        frequency=plan.frequency,
        interval=plan.interval,
        anchor_on=plan.rhythm(today).anchor_on,
        duration_minutes=plan.minutes,
        instructions=plan.instructions,
        assignee_id=owner_id if plan.by_owner else None,
        is_active=plan.is_active,
        last_completed_on=next(iter(_completed(plan, today)), None),
    )


def _completed(plan: SamplePlan, today: date) -> list[date]:
    """The days on which it was last done, oldest first; the oldest was before the records."""
    rhythm = plan.rhythm(today)
    next_number = rhythm.number_after(today) - plan.missed
    numbers = range(max(0, next_number - _COMPLETIONS - 1), next_number)
    late = timedelta(days=plan.late_days)
    return [min(rhythm.due_on(number) + late, today) for number in numbers]
