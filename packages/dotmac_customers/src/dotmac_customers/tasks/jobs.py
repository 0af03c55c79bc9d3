"""Assignees are reminded of what is due."""

from __future__ import annotations

from dotmac_core_ops.module import Job, JobContext
from dotmac_customers.tasks.service import TaskService


async def _remind(context: JobContext) -> None:
    assert context.tenant_id is not None  # a job per tenant
    async with context.database.transaction(context.tenant_id) as session:
        await TaskService(session).remind()


REMIND_OF_TASKS = Job("customers.remind_of_tasks", _remind, schedule="0 6 * * *")
"""Once for each task, on its day of reminding."""
