"""HTTP shapes of reasons to keep something."""

from __future__ import annotations

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel


class RetentionReasonIn(RequestModel):
    """On which basis something is kept, and for how long. Ask whoever advises you in law."""

    basis: str = Field(min_length=3, max_length=500, examples=["§ 147 AO"])
    years: int = Field(ge=0, le=100, description="From the end of the year of the record.")


class RetentionOut(ResponseModel):
    """What is kept of somebody who is erased, and why."""

    subject: str = Field(examples=["invoices"])
    what: str
    basis: str
    until: str
    years: int | None = Field(description="Null until you have named a basis and a period.")
    is_example: bool = Field(description="You have said nothing: this is an example, no advice.")
