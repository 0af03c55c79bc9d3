"""Looking at jobs, running one now, retrying one that was given up."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request

from dotmac_core_events.queue.errors import InstallationJobError
from dotmac_core_events.queue.models import JobState
from dotmac_core_events.queue.schemas import JobOut, JobStarted, RunJob
from dotmac_core_events.queue.service import JobService, job_named, run_everywhere
from dotmac_core_ops.database import Db, Tx
from dotmac_core_ops.http import Envelope, Listing, PageParams, enveloped, listing
from dotmac_core_ops.module import Job
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/jobs", tags=["Jobs"])
_may_read = Depends(requires("jobs:read"))
_may_run = Depends(requires("jobs:run"))


def job_asked_for(
    name: Annotated[str, Path(max_length=200, examples=["billing.bill_run"])], request: Request
) -> Job:
    """The job that the path names, of those that this application is composed of."""
    return job_named(request.app.state.modules, name)


@router.get("", response_model=Listing[JobOut], dependencies=[_may_read], summary="List jobs")
async def list_jobs(
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    state: Annotated[JobState | None, Query(description="Only those in this state.")] = None,
    name: Annotated[str | None, Query(max_length=200, description="Only those named so.")] = None,
) -> dict[str, Any]:
    """List the tenant's jobs, newest first."""
    jobs, total = await JobService(tx).page(
        state=state, name=name, offset=page.offset, limit=page.per_page
    )
    return listing(jobs, page, total)


@router.get(
    "/{job_id}", response_model=Envelope[JobOut], dependencies=[_may_read], summary="Read a job"
)
async def read_job(job_id: UUID, tx: Tx) -> dict[str, Any]:
    """Read a job."""
    return enveloped(await JobService(tx).get(job_id))


@router.post(
    "/{job_id}/retry",
    response_model=Envelope[JobOut],
    dependencies=[_may_run],
    summary="Retry a dead job",
)
async def retry_job(job_id: UUID, tx: Tx) -> dict[str, Any]:
    """Run a job again that was given up."""
    return enveloped(await JobService(tx).retry(job_id))


@router.post(
    "/{name}/run", response_model=Envelope[JobStarted], status_code=202, summary="Run a job now"
)
async def run_job(
    job: Annotated[Job, Depends(job_asked_for)],
    body: RunJob,
    tx: Tx,
    db: Db,
    principal: Annotated[Principal, _may_run],
) -> dict[str, Any]:
    """Run a job now, so that any cron can drive the schedules.

    A job of the installation, and a run for all tenants, take the installation's own key.
    """
    if job.per_tenant and not body.all_tenants:
        job_id = await JobService(tx).run(job, body.payload, body.key)
        return enveloped({"count": 1, "job_id": job_id})
    if principal.kind != "system":
        raise InstallationJobError(job.name)
    count = await run_everywhere(db, job, body.payload)
    return enveloped({"count": count, "job_id": None})
