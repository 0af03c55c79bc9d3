"""The rights that this package asks for."""

from __future__ import annotations

from dotmac_core_ops.module import Permission

PERMISSIONS = (
    Permission("equipment:read", "See the machines and installations of the plant."),
    Permission("equipment:write", "Add, change and remove machines and installations."),
    Permission("pm_schedules:read", "See what maintenance is planned, due and done."),
    Permission("pm_schedules:write", "Plan maintenance: make, change and archive schedules."),
    Permission("pm_schedules:complete", "Say that planned maintenance was done."),
)
