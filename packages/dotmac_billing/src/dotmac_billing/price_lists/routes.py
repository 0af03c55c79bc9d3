"""`/catalog`: the whole of it as a price list."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from dotmac_billing.price_lists.difference import NOTHING, Change
from dotmac_billing.price_lists.schemas import AppliedOut, PriceListIn
from dotmac_billing.price_lists.service import apply_price_list, export_price_list
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/catalog", tags=["Catalogue"])


@router.post("/apply", summary="Apply a price list", response_model=Envelope[AppliedOut])
async def apply_catalog(
    body: PriceListIn, tx: Tx, _: Annotated[Principal, Depends(requires("plans:write"))]
) -> dict[str, Any]:
    """Make the catalogue say what the list says; a second time nothing is done.

    Products, taxes and plans that it does not name stay as they are. With `dry_run` nothing is
    done, and the answer has what would be.
    """
    changes = await apply_price_list(tx, body.yaml, dry_run=body.dry_run)
    return enveloped(
        {"is_applied": not body.dry_run, "changes": [_shown(change) for change in changes]}
    )


@router.get(
    "/export",
    summary="Export the price list",
    response_class=Response,
    responses={200: {"content": {"application/yaml": {"example": "plans:\n  FIBER-100: …"}}}},
)
async def export_catalog(
    tx: Tx, _: Annotated[Principal, Depends(requires("plans:read"))]
) -> Response:
    """The catalogue as YAML, every plan on its newest version; applied again it changes nothing."""
    return Response(await export_price_list(tx), media_type="application/yaml")


def _shown(change: Change) -> dict[str, Any]:
    edits = [
        {
            "path": edit.path,
            "before": None if edit.before is NOTHING else edit.before,
            "after": None if edit.after is NOTHING else edit.after,
        }
        for edit in change.edits
    ]
    return {"step": change.step, "code": change.code, "edits": edits}
