"""Refusals about tasks."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import NotFoundError


class TaskNotFoundError(NotFoundError):
    """There is no such task of this tenant."""

    code = "CUSTOMER_TASK_NOT_FOUND"

    def __init__(self, task_id: UUID) -> None:
        super().__init__("There is no such task.", task_id=task_id)
