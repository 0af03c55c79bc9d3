"""Refusals about jobs."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, ForbiddenError, NotFoundError


class JobNotFoundError(NotFoundError):
    """The tenant has no such job."""

    code = "JOB_NOT_FOUND"

    def __init__(self, job: UUID | str) -> None:
        super().__init__(f"There is no job {job}.", job=str(job))


class JobNotDeadError(ConflictError):
    """Only a job that was given up can be retried; the others run by themselves or have run."""

    code = "JOB_NOT_DEAD"

    def __init__(self, job_id: UUID, state: str) -> None:
        super().__init__(f"The job is {state}, not dead.", job=str(job_id), state=state)


class InstallationJobError(ForbiddenError):
    """The job is the installation's, or was asked for all tenants: only the system may run it."""

    code = "INSTALLATION_JOB"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} can only be run by the installation itself.", job=name)


class LeaseLostError(ConflictError):
    """The job took longer than its lease without extending it, and another worker has begun it."""

    code = "JOB_LEASE_LOST"

    def __init__(self, job_id: UUID) -> None:
        super().__init__("Another worker has taken this job over.", job=str(job_id))


class JobCancelledError(ConflictError):
    """Something inside the job cancelled it; that counts as a failed attempt."""

    code = "JOB_CANCELLED_ITSELF"

    def __init__(self, job_id: UUID) -> None:
        super().__init__("The job was cancelled from within.", job=str(job_id))
