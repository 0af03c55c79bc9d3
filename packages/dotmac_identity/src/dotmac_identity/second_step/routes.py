"""HTTP verbs of remembered devices: for staff, and again for customers in the portal."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, enveloped
from dotmac_core_ops.tenant_state import TenantState, stays_open
from dotmac_identity.installed import Themselves
from dotmac_identity.second_step.schemas import DeviceOut, ForgottenDevicesOut
from dotmac_identity.second_step.service import SecondStepService

own_devices_router = APIRouter(prefix="/remembered-devices")


@own_devices_router.get(
    "", response_model=Envelope[list[DeviceOut]], summary="List the remembered devices"
)
async def list_remembered_devices(tx: Tx, principal: Themselves) -> dict[str, object]:
    """The devices on which one is asked for the password alone."""
    return enveloped(await SecondStepService(tx).devices(UUID(principal.subject)))


@own_devices_router.post(
    "/{device_id}/forget",
    response_model=Envelope[ForgottenDevicesOut],
    summary="Forget a remembered device",
)
@stays_open(TenantState.READ_ONLY, TenantState.SUSPENDED)
async def forget_remembered_device(
    device_id: UUID, tx: Tx, principal: Themselves
) -> dict[str, object]:
    """Ask for the second factor on that device again."""
    await SecondStepService(tx).forget(UUID(principal.subject), device_id)
    return enveloped({"forgotten": 1})


@own_devices_router.post(
    "/forget-all",
    response_model=Envelope[ForgottenDevicesOut],
    summary="Forget all remembered devices",
)
@stays_open(TenantState.READ_ONLY, TenantState.SUSPENDED)
async def forget_remembered_devices(tx: Tx, principal: Themselves) -> dict[str, object]:
    """Ask for the second factor on every device again."""
    forgotten = await SecondStepService(tx).forget_all(UUID(principal.subject))
    return enveloped({"forgotten": forgotten})
