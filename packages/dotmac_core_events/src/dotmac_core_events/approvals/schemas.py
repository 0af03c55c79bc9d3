"""HTTP shapes of approvals."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from dotmac_core_ops.approvals import Approval, ApprovalState, Deed
from dotmac_core_ops.http import JsonMoney, RequestModel, ResponseModel

ActionName = Annotated[str, Field(min_length=1, max_length=100, examples=["refund"])]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["EUR"])]
Text = Annotated[str, Field(min_length=1, max_length=1000)]
_HIGHEST = Decimal(10) ** 12


class ApprovalTarget(RequestModel):
    """The thing that the action is done to, as the refusal named it."""

    type: Annotated[str, Field(min_length=1, max_length=100, examples=["invoice"])]
    id: Annotated[str, Field(min_length=1, max_length=200)]


class ApprovalIn(RequestModel):
    """What somebody else shall agree to: exactly what `APPROVAL_REQUIRED` asked for, and why."""

    action: ActionName
    target: ApprovalTarget
    amount: Annotated[JsonMoney, Field(gt=0, le=_HIGHEST, decimal_places=4, examples=[750.00])]
    currency: Currency
    reason: Annotated[Text, Field(examples=["The customer paid twice"])]

    def deed(self) -> Deed:
        """As approvals take it."""
        return Deed(self.action, (self.target.type, self.target.id), self.amount, self.currency)


class ApprovalDecisionIn(RequestModel):
    """Why it was decided so."""

    note: Annotated[Text, Field(examples=["Seen the bank statement"])] | None = None


class ApprovalTargetOut(ResponseModel):
    """The thing that the action is done to."""

    type: str
    id: str


class ApprovalOut(ResponseModel):
    """A request for approval and what became of it; after `expires_at` it counts for nothing."""

    id: UUID
    action: str
    target: ApprovalTargetOut
    amount: JsonMoney
    currency: str
    reason: str
    state: ApprovalState
    requested_by: str
    requested_at: AwareDatetime
    expires_at: AwareDatetime
    decided_by: str | None
    decided_at: AwareDatetime | None
    decision_note: str | None
    used_at: AwareDatetime | None

    @classmethod
    def of(cls, approval: Approval) -> ApprovalOut:
        """As it is shown."""
        target = ApprovalTargetOut(type=approval.target_type, id=approval.target_id)
        plain = {n: getattr(approval, n) for n in cls.model_fields if n != "target"}
        return cls(target=target, **plain)


class ApprovalLimitIn(RequestModel):
    """Up to and including this amount nobody else is asked."""

    amount: Annotated[JsonMoney, Field(ge=0, le=_HIGHEST, decimal_places=4, examples=[500.00])]


class ApprovalLimitOut(ResponseModel):
    """Above `amount` the action needs a second person."""

    action: str
    currency: str
    amount: JsonMoney
    set_by: str
    set_at: AwareDatetime


class ApprovableActionOut(ResponseModel):
    """Something for which a second person can be needed; both need its permission."""

    name: str
    permission: str
    description: str


class ApprovalLimitsOut(ResponseModel):
    """What can be limited, and the limits there are."""

    actions: list[ApprovableActionOut]
    limits: list[ApprovalLimitOut]
