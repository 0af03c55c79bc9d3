"""`/billing/simulate`: the pricing playground."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends

from dotmac_billing.settings.service import settings_of
from dotmac_billing.simulation.schemas import SimulationIn, SimulationOut, simulated
from dotmac_billing.simulation.service import SimulationService
from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.principal import Principal, requires

router = APIRouter(prefix="/billing", tags=["Catalogue"])

EXAMPLE: dict[str, Any] = {
    "terms": {
        "currency": "EUR",
        "components": [
            {"code": "base", "name": "Line", "unit_price": 49.90},
            {
                "code": "calls",
                "name": "Calls",
                "kind": "usage",
                "meter": "calls",
                "model": "graduated",
                "prices": {
                    "EUR": {
                        "tiers": [
                            {"up_to": "1000", "unit_price": "0.10"},
                            {"up_to": None, "unit_price": "0.05"},
                        ]
                    }
                },
            },
        ],
    },
    "start_on": "2026-01-01",
    "periods": 2,
    "usage": {"calls": {"totals": [{"quantity": 1500}]}},
    "tax_rate": 0.2,
}
"""A body as the documentation shows it: a line with calls, for somebody who calls a lot."""


@router.post("/simulate", summary="Simulate a price", response_model=Envelope[SimulationOut])
async def simulate(
    body: Annotated[SimulationIn, Body(examples=[EXAMPLE])],
    tx: Tx,
    _: Annotated[Principal, Depends(requires("plans:read"))],
) -> dict[str, Any]:
    """The invoices that bill runs would make, explained; by the same rules, and nothing written."""
    zone = (await settings_of(tx)).time_zone
    return enveloped(simulated(await SimulationService(tx).simulate(body.question(zone))))
