"""The rights that this package asks for."""

from __future__ import annotations

from dotmac_core_ops.module import Permission

PERMISSIONS = (
    Permission("customers:read", "See and search customers."),
    Permission("customers:write", "Create and change customers, suspend and reactivate them."),
    Permission("customers:export", "Take all customers away as a file."),
)
