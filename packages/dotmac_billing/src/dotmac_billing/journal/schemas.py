"""HTTP shapes of the chart."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dotmac_billing.ledger.chart import AccountKind
from dotmac_core_ops.http import RequestModel, ResponseModel

ExternalCode = Annotated[
    str,
    Field(
        min_length=1,
        max_length=40,
        description="What the accounting system calls it.",
        examples=["8400"],
    ),
]


class ChartAccountOut(ResponseModel):
    """An account; `is_own` when the tenant opened it."""

    code: str
    name: str
    kind: AccountKind
    external_code: str | None
    is_own: bool


class ChartAccountIn(RequestModel):
    """A new account of the tenant's own."""

    code: Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$", examples=["bank_charges"])]
    name: Annotated[str, Field(min_length=1, max_length=100, examples=["Bank charges"])]
    kind: Annotated[AccountKind, Field(examples=["expense"])]
    external_code: ExternalCode | None = None


class AccountMappingIn(RequestModel):
    """What the accounting system calls an account; null: the same as here."""

    external_code: ExternalCode | None
