"""`/billing/simulate`: the pricing playground."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from dotmac_billing.settings.service import settings_of
from dotmac_billing.simulation.schemas import SimulationIn, SimulationOut, simulated
from dotmac_billing.simulation.service import SimulationService
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/billing", tags=["Catalogue"])


@router.post("/simulate", summary="Simulate a price", response_model=Envelope[SimulationOut])
async def simulate(
    body: SimulationIn,
    tx: Tx,
    _: Annotated[Principal, Depends(requires("plans:read"))],
) -> dict[str, Any]:
    """The invoices that bill runs would make, explained; by the same rules, and nothing written."""
    zone = (await settings_of(tx)).time_zone
    return enveloped(simulated(await SimulationService(tx).simulate(body.question(zone))))
