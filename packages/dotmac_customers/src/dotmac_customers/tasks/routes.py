"""HTTP verbs of tasks."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import (
    Envelope,
    Listing,
    PageParams,
    enveloped,
    etag_of,
    listing,
    require_match,
)
from dotmac_core_ops.principal import Principal, requires
from dotmac_customers.part_access import CustomerRequirement
from dotmac_customers.scoping.service import holds_for, part_of
from dotmac_customers.tasks.errors import TaskNotFoundError
from dotmac_customers.tasks.models import CustomerTask
from dotmac_customers.tasks.repository import TaskRepository, WantedTasks
from dotmac_customers.tasks.schemas import CustomerTaskChangeIn, CustomerTaskIn, CustomerTaskOut
from dotmac_customers.tasks.service import TaskService
from dotmac_customers.tasks.states import TaskState

router = APIRouter(tags=["Customer tasks"])

READ, WRITE = "customer_tasks:read", "customer_tasks:write"
Reader = Annotated[Principal, Depends(requires(READ, scoped=True))]
Writer = Annotated[Principal, Depends(requires(WRITE, scoped=True))]
CustomerWriter = Annotated[Principal, Depends(CustomerRequirement(WRITE))]


@router.post(
    "/customers/{customer_id}/tasks",
    response_model=Envelope[CustomerTaskOut],
    status_code=201,
    summary="Add a task",
)
async def add_customer_task(
    customer_id: UUID, body: CustomerTaskIn, tx: Tx, _: CustomerWriter
) -> dict[str, Any]:
    """Say what is to be done about a customer, by whom and by when."""
    return enveloped(await TaskService(tx).add(customer_id, **dict(body)))


@router.get("/customer-tasks", response_model=Listing[CustomerTaskOut], summary="List tasks")
async def list_customer_tasks(
    tx: Tx,
    principal: Reader,
    page: Annotated[PageParams, Depends()],
    *,
    customer_id: UUID | None = None,
    assignee_id: UUID | None = None,
    state: TaskState | None = None,
    due_until: Annotated[date | None, Query(description="That day included.")] = None,
) -> dict[str, Any]:
    """Tasks about customers, the most urgent first.

    Who holds a role for a part of the customers sees the tasks about those.
    """
    part = await part_of(tx, principal, READ)
    wanted = WantedTasks(customer_id, assignee_id, state, due_until, part)
    rows, total = await TaskRepository(tx).page(wanted, offset=page.offset, limit=page.per_page)
    return listing(rows, page, total)


@router.get(
    "/customer-tasks/mine", response_model=Listing[CustomerTaskOut], summary="List my tasks"
)
async def list_my_customer_tasks(
    tx: Tx, principal: Reader, page: Annotated[PageParams, Depends()]
) -> dict[str, Any]:
    """What you have to do, the most urgent first; keys and services have nothing to do."""
    if principal.kind != "user":
        return listing([], page, 0)
    wanted = WantedTasks(
        assignee_id=UUID(principal.subject),
        state=TaskState.OPEN,
        within=await part_of(tx, principal, READ),
    )
    rows, total = await TaskRepository(tx).page(wanted, offset=page.offset, limit=page.per_page)
    return listing(rows, page, total)


@router.get(
    "/customer-tasks/{task_id}", response_model=Envelope[CustomerTaskOut], summary="Read a task"
)
async def read_customer_task(
    task_id: UUID, tx: Tx, response: Response, principal: Reader
) -> dict[str, Any]:
    """A task; the `ETag` is needed to change it."""
    task = await _within(tx, principal, READ, task_id)
    response.headers["etag"] = etag_of(task.version)
    return enveloped(task)


@router.patch(
    "/customer-tasks/{task_id}", response_model=Envelope[CustomerTaskOut], summary="Change a task"
)
async def change_customer_task(
    task_id: UUID,
    body: CustomerTaskChangeIn,
    *,
    tx: Tx,
    request: Request,
    response: Response,
    principal: Writer,
) -> dict[str, Any]:
    """Change what is given: who does it, by when, or that it is done. Needs `If-Match`."""
    await _within(tx, principal, WRITE, task_id)
    task = await TaskService(tx).change(
        task_id, body.changes(), check=partial(require_match, request)
    )
    response.headers["etag"] = etag_of(task.version)
    return enveloped(task)


async def _within(tx: Tx, principal: Principal, permission: str, task_id: UUID) -> CustomerTask:
    """The task, if it is about a customer for whom the permission is held."""
    task = await TaskService(tx).by_id(task_id)
    if not await holds_for(tx, principal, permission, task.customer_id):
        raise TaskNotFoundError(task_id)
    return task
