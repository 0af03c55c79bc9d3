"""What a plant needs: its equipment, and the maintenance that is planned for it."""

from dotmac_core_ops.module import Module
from unison.due_notices.events import PmScheduleDue
from unison.due_notices.jobs import ANNOUNCE_DUE_MAINTENANCE
from unison.equipment.entry import NewEquipment
from unison.equipment.events import EquipmentAdded, EquipmentChanged, EquipmentRemoved
from unison.equipment.routes import router as _equipment
from unison.equipment.service import add_equipment
from unison.maintenance.due_dates import Frequency, Rhythm
from unison.maintenance.events import (
    PmCompleted,
    PmScheduleArchived,
    PmScheduleChanged,
    PmScheduleCreated,
    PmScheduleDeleted,
    PmScheduleRestored,
)
from unison.maintenance.plan import Done, NewPmSchedule
from unison.maintenance.routes import router as _maintenance
from unison.maintenance.service import complete_maintenance, plan_maintenance
from unison.permissions import PERMISSIONS

module = Module(
    name="unison",
    routers=(_equipment, _maintenance),
    jobs=(ANNOUNCE_DUE_MAINTENANCE,),
    permissions=PERMISSIONS,
    events=(
        *(EquipmentAdded, EquipmentChanged, EquipmentRemoved),
        *(PmScheduleCreated, PmScheduleChanged, PmScheduleArchived, PmScheduleRestored),
        *(PmScheduleDeleted, PmScheduleDue, PmCompleted),
    ),
)

__all__ = [
    "Done",
    "EquipmentAdded",
    "EquipmentChanged",
    "EquipmentRemoved",
    "Frequency",
    "NewEquipment",
    "NewPmSchedule",
    "PmCompleted",
    "PmScheduleArchived",
    "PmScheduleChanged",
    "PmScheduleCreated",
    "PmScheduleDeleted",
    "PmScheduleDue",
    "PmScheduleRestored",
    "Rhythm",
    "add_equipment",
    "complete_maintenance",
    "module",
    "plan_maintenance",
]
