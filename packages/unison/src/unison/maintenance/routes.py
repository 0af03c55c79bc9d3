"""HTTP verbs of maintenance schedules."""

from __future__ import annotations

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
    sort_order,
)
from dotmac_core_ops.principal import Principal, requires
from unison.maintenance.due_dates import Frequency
from unison.maintenance.models import Planned
from unison.maintenance.plan import SORTS, WantedPmSchedules
from unison.maintenance.repository import PmScheduleRepository
from unison.maintenance.schemas import (
    PmCompletionIn,
    PmCompletionOut,
    PmScheduleChangeIn,
    PmScheduleIn,
    PmScheduleOut,
    PmScheduleSummaryOut,
)
from unison.maintenance.service import PmScheduleService
from unison.tier import HasTier

router = APIRouter(prefix="/pm-schedules", tags=["Preventive maintenance"], dependencies=[HasTier])

Reader = Annotated[Principal, Depends(requires("pm_schedules:read"))]
Writer = Annotated[Principal, Depends(requires("pm_schedules:write"))]
Completer = Annotated[Principal, Depends(requires("pm_schedules:complete"))]
One = Envelope[PmScheduleOut]


def wanted(
    *,
    q: Annotated[
        str | None,
        Query(max_length=200, description="Words of code, title or equipment.", examples=["oil"]),
    ] = None,
    equipment_id: Annotated[UUID | None, Query()] = None,
    assignee_id: Annotated[UUID | None, Query()] = None,
    frequency: Annotated[Frequency | None, Query()] = None,
    is_active: Annotated[bool | None, Query()] = None,
    is_archived: Annotated[bool, Query(description="Those that were put away.")] = False,
    is_overdue: Annotated[bool | None, Query(description="The due date has passed.")] = None,
    sort: Annotated[
        str,
        Query(
            max_length=20,
            description="next_due_on, code, title, equipment, duration_minutes, last_completed_on "
            "or created_at; `-` for descending. Soonest due first without it.",
        ),
    ] = "next_due_on",
) -> WantedPmSchedules:
    """The filters of the request."""
    field, descending = sort_order(sort, SORTS)
    return WantedPmSchedules(
        q=q,
        equipment_id=equipment_id,
        assignee_id=assignee_id,
        frequency=frequency,
        is_active=is_active,
        is_archived=is_archived,
        is_overdue=is_overdue,
        sort=field,
        descending=descending,
    )


@router.get("", response_model=Listing[PmScheduleSummaryOut], summary="List maintenance schedules")
async def list_pm_schedules(
    tx: Tx,
    _: Reader,
    page: Annotated[PageParams, Depends()],
    wanted: Annotated[WantedPmSchedules, Depends(wanted)],
    *,
    due_within_days: Annotated[
        int | None,
        Query(ge=0, le=3660, description="Due until so many days from today, overdue included."),
    ] = None,
) -> dict[str, Any]:
    """Schedules that match all filters, as they stand today in your time zone."""
    rows, total = await PmScheduleService(tx).page(
        wanted, due_within_days=due_within_days, offset=page.offset, limit=page.per_page
    )
    return listing([PmScheduleSummaryOut.of(row) for row in rows], page, total)


@router.post("", response_model=One, status_code=201, summary="Plan maintenance")
async def create_pm_schedule(
    body: PmScheduleIn, tx: Tx, response: Response, _: Writer
) -> dict[str, Any]:
    """Make a schedule for a piece of equipment.

    It is first due on the anchor, or where that has passed on the first due date from today on.
    """
    schedules = PmScheduleService(tx)
    (made,) = await schedules.plan([body.schedule()])
    return _answer(await schedules.by_id(made.id), response)


@router.get("/{schedule_id}", response_model=One, summary="Read a maintenance schedule")
async def read_pm_schedule(
    schedule_id: UUID, tx: Tx, response: Response, _: Reader
) -> dict[str, Any]:
    """A schedule with its instructions and next due dates; the `ETag` is needed to change it."""
    return _answer(await PmScheduleService(tx).by_id(schedule_id), response)


@router.patch("/{schedule_id}", response_model=One, summary="Change a maintenance schedule")
async def change_pm_schedule(
    schedule_id: UUID,
    body: PmScheduleChangeIn,
    *,
    tx: Tx,
    request: Request,
    response: Response,
    _: Writer,
) -> dict[str, Any]:
    """Change what is given; needs `If-Match`.

    Another anchor, frequency or interval counts from what is done: what was overdue stays due.
    """
    changed = await PmScheduleService(tx).change(
        schedule_id, body.changes(), check=partial(require_match, request)
    )
    return _answer(changed, response)


@router.delete("/{schedule_id}", status_code=204, summary="Delete a maintenance schedule")
async def delete_pm_schedule(schedule_id: UUID, tx: Tx, _: Writer) -> Response:
    """Delete a schedule that was never completed; archive others, their history stays."""
    await PmScheduleService(tx).remove(schedule_id)
    return Response(status_code=204)


@router.post("/{schedule_id}/archive", response_model=One, summary="Archive a maintenance schedule")
async def archive_pm_schedule(
    schedule_id: UUID, tx: Tx, response: Response, _: Writer
) -> dict[str, Any]:
    """Put a schedule away with its history. It is not due, and lists leave it out."""
    return _answer(await PmScheduleService(tx).archive(schedule_id), response)


@router.post("/{schedule_id}/restore", response_model=One, summary="Restore a maintenance schedule")
async def restore_pm_schedule(
    schedule_id: UUID, tx: Tx, response: Response, _: Writer
) -> dict[str, Any]:
    """Bring back a schedule that was archived, as it was."""
    return _answer(await PmScheduleService(tx).restore(schedule_id), response)


@router.post("/{schedule_id}/complete", response_model=One, summary="Complete maintenance")
async def complete_pm_schedule(
    schedule_id: UUID, body: PmCompletionIn, tx: Tx, response: Response, _: Completer
) -> dict[str, Any]:
    """Put on record that the work was done; the next due date is the first after that day.

    Work ahead of time counts for the next due date if it lies at most half a period before it.
    Otherwise it stays on record, and the due date stays where it is.
    """
    return _answer(await PmScheduleService(tx).complete(schedule_id, body.done()), response)


@router.get(
    "/{schedule_id}/completions",
    response_model=Listing[PmCompletionOut],
    summary="List when a schedule was completed",
)
async def list_pm_completions(
    schedule_id: UUID, tx: Tx, page: Annotated[PageParams, Depends()], _: Reader
) -> dict[str, Any]:
    """All that was put on record, latest day first; nobody can change it."""
    await PmScheduleService(tx).by_id(schedule_id)
    rows, total = await PmScheduleRepository(tx).completions(
        schedule_id, offset=page.offset, limit=page.per_page
    )
    return listing(rows, page, total)


def _answer(planned: Planned, response: Response) -> dict[str, Any]:
    response.headers["etag"] = etag_of(planned.schedule.version)
    return enveloped(PmScheduleOut.of(planned))
