"""HTTP shapes of trees."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from dotmac_core_ops.http import RequestModel, ResponseModel
from dotmac_customers.profiles.profile import Level
from dotmac_customers.profiles.schemas import CustomerSummaryOut


class ParentIn(RequestModel):
    """Where a customer is to stand; without a parent, at the top."""

    parent_id: UUID | None = None
    level: Level | None = Field(
        None, description="Without one: an account at the top, a sub-account below a parent."
    )
    parent_pays: bool = Field(
        default=False, description="Let the parent pay for it in billing from now on."
    )


class BranchCustomerOut(CustomerSummaryOut):
    """A customer of a branch."""

    depth: int = Field(description="1 for the customer that was asked for.")


class AncestorOut(ResponseModel):
    """A customer above."""

    id: UUID
    number: str
    name: str
    level: Level


class BranchTotalsOut(ResponseModel):
    """What a branch amounts to, the customer itself included."""

    customers: int
    levels: int
    sub_accounts: int
    sites: int
    active: int
    suspended: int
    churned: int


class BranchOut(ResponseModel):
    """A customer with all above and all below it."""

    above: list[AncestorOut] = Field(description="The account at the top first.")
    totals: BranchTotalsOut
    branch: list[BranchCustomerOut] = Field(description="Each behind the one it stands under.")
