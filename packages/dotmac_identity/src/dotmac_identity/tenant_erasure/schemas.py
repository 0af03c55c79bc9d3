"""HTTP shapes of the erasure of a tenant."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel


class EraseIn(RequestModel):
    """The order to erase; `confirmation` is `erase <short name>`."""

    confirmation: str = Field(max_length=100, examples=["erase north-net"])


class ErasureStartedOut(ResponseModel):
    """The job that erases."""

    job_id: UUID
