"""`/billing/customers/{id}/statements`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from dotmac_billing.statements.csv_text import csv_text
from dotmac_billing.statements.schemas import StatementOut
from dotmac_billing.statements.service import statements_of
from dotmac_billing.subscriptions.schemas import Day
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/billing/customers", tags=["Statements"])

Reader = Annotated[Principal, Depends(requires("statements:read"))]
FromOn = Annotated[
    Day | None, Query(description="First day; else the first of the month of the last.")
]
ToOn = Annotated[Day | None, Query(description="Last day; else today.")]


@router.get(
    "/{customer_id}/statements",
    summary="Read a customer's statements",
    response_model=Envelope[list[StatementOut]],
)
async def read_statements(
    customer_id: UUID, tx: Tx, _: Reader, from_on: FromOn = None, to_on: ToOn = None
) -> dict[str, Any]:
    """Opening balance, every movement in order and closing balance, one for each currency.

    They are read from the books, so that they agree with them.
    """
    return enveloped(await statements_of(tx, customer_id, from_on, to_on))


@router.get(
    "/{customer_id}/statements/export",
    summary="Export a customer's statements",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_statements(
    customer_id: UUID, tx: Tx, _: Reader, from_on: FromOn = None, to_on: ToOn = None
) -> Response:
    """The same as CSV in UTF-8 with a line of headings."""
    found = await statements_of(tx, customer_id, from_on, to_on)
    return Response(
        csv_text(found),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="statements.csv"'},
    )
