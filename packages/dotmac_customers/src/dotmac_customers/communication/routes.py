"""HTTP verbs of preferences, consents and messages to customers."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import (
    Envelope,
    Listing,
    PageParams,
    dump_json,
    enveloped,
    listing,
    raw_json,
)
from dotmac_core_ops.principal import requires
from dotmac_customers.communication.consents.service import ConsentService
from dotmac_customers.communication.notices.service import NoticeService
from dotmac_customers.communication.preferences.service import PreferenceService
from dotmac_customers.communication.schemas import (
    ConsentIn,
    ConsentOut,
    ConsentProofOut,
    NoticeIn,
    NoticeOut,
    PreferencesIn,
    PreferencesOut,
    QuietHoursIn,
    SuppressedAddressIn,
    SuppressedAddressOut,
)
from dotmac_customers.communication.suppression.service import SuppressionService
from dotmac_customers.communication.topics import ContactChannel
from dotmac_customers.part_access import CustomerRequirement

router = APIRouter(prefix="/customers/{customer_id}", tags=["Communication"])
addresses_router = APIRouter(prefix="/suppressed-addresses", tags=["Communication"])
_may_read = Depends(CustomerRequirement("customers:read"))
_may_write = Depends(CustomerRequirement("customers:write"))
_may_notify = Depends(CustomerRequirement("customers:notify"))
_reads_addresses = Depends(requires("customers:read"))
_notifies = Depends(requires("customers:notify"))


@router.get(
    "/communication-preferences",
    response_model=Envelope[PreferencesOut],
    dependencies=[_may_read],
    summary="Read a customer's preferences",
)
async def read_preferences(customer_id: UUID, tx: Tx) -> dict[str, Any]:
    """Every channel with every topic, whether it is wanted, and the quiet hours."""
    return enveloped(await PreferenceService(tx).of(customer_id))


@router.put(
    "/communication-preferences",
    response_model=Envelope[PreferencesOut],
    dependencies=[_may_write],
    summary="Change a customer's preferences",
)
async def change_preferences(customer_id: UUID, body: PreferencesIn, tx: Tx) -> dict[str, Any]:
    """Note what the customer wants; what is left out stays. Emergencies cannot be switched off."""
    preferences = PreferenceService(tx)
    wishes = [(one.channel, one.topic, one.is_enabled) for one in body.preferences]
    await preferences.change(customer_id, wishes)
    return enveloped(await preferences.of(customer_id))


@router.put(
    "/quiet-hours",
    response_model=Envelope[PreferencesOut],
    dependencies=[_may_write],
    summary="Set a customer's quiet hours",
)
async def set_quiet_hours(customer_id: UUID, body: QuietHoursIn, tx: Tx) -> dict[str, Any]:
    """Hold messages from one time of the day to another; emergencies are sent at once."""
    preferences = PreferenceService(tx)
    await preferences.set_quiet_hours(customer_id, body.starts, body.ends, body.time_zone)
    return enveloped(await preferences.of(customer_id))


@router.delete(
    "/quiet-hours",
    response_model=Envelope[PreferencesOut],
    dependencies=[_may_write],
    summary="Remove a customer's quiet hours",
)
async def clear_quiet_hours(customer_id: UUID, tx: Tx) -> dict[str, Any]:
    """Hold nothing any more; what is held already keeps its time."""
    preferences = PreferenceService(tx)
    await preferences.clear_quiet_hours(customer_id)
    return enveloped(await preferences.of(customer_id))


@router.get(
    "/consents",
    response_model=Envelope[list[ConsentOut]],
    dependencies=[_may_read],
    summary="List a customer's consents",
)
async def list_consents(customer_id: UUID, tx: Tx) -> dict[str, Any]:
    """Everything that was written down, oldest first; the last one of a topic counts."""
    return enveloped(await ConsentService(tx).of(customer_id))


@router.post(
    "/consents",
    response_model=Envelope[ConsentOut],
    dependencies=[_may_write],
    status_code=201,
    summary="Record a consent",
)
async def record_consent(customer_id: UUID, body: ConsentIn, tx: Tx) -> dict[str, Any]:
    """Write down that the customer agrees, or no longer does. It is never changed or removed."""
    return enveloped(await ConsentService(tx).note(customer_id, body.consent()))


@router.get(
    "/consents/proof",
    response_model=Envelope[ConsentProofOut],
    dependencies=[_may_read],
    summary="Export the proof of a customer's consents",
)
async def prove_consents(customer_id: UUID, tx: Tx) -> Response:
    """A file with every consent and a digest, for an authority or for the customer."""
    made = await ConsentService(tx).prove(customer_id)
    answer = raw_json(dump_json(enveloped(made)))
    name = f"consents-{made['customer_number']}.json"
    answer.headers["content-disposition"] = f'attachment; filename="{_plain(name)}"'
    return answer


@router.get(
    "/notices",
    response_model=Listing[NoticeOut],
    dependencies=[_may_read],
    summary="List what a customer was told",
)
async def list_notices(
    customer_id: UUID, tx: Tx, page: Annotated[PageParams, Depends()]
) -> dict[str, Any]:
    """What was sent, held or not sent, and why, newest first."""
    found, total = await NoticeService(tx).page(
        customer_id, offset=page.offset, limit=page.per_page
    )
    return listing(found, page, total)


@router.post(
    "/notices",
    response_model=Envelope[NoticeOut],
    dependencies=[_may_notify],
    status_code=201,
    summary="Write to a customer",
)
async def write_to_customer(customer_id: UUID, body: NoticeIn, tx: Tx) -> dict[str, Any]:
    """Send a message, unless the customer does not want it; the answer says what was decided."""
    notice = await NoticeService(tx).write(customer_id, body.topic, body.words(), body.channel)
    return enveloped(notice)


@addresses_router.get(
    "",
    response_model=Listing[SuppressedAddressOut],
    dependencies=[_reads_addresses],
    summary="List suppressed addresses",
)
async def list_suppressed(
    tx: Tx,
    page: Annotated[PageParams, Depends()],
    channel: Annotated[ContactChannel | None, Query(description="Only of this channel.")] = None,
    address: Annotated[str | None, Query(max_length=320, description="Exactly this one.")] = None,
) -> dict[str, Any]:
    """Addresses that returned mail, or whose owners complained, newest first."""
    found, total = await SuppressionService(tx).page(
        channel=channel, address=address, offset=page.offset, limit=page.per_page
    )
    return listing(found, page, total)


@addresses_router.post(
    "",
    response_model=Envelope[SuppressedAddressOut],
    dependencies=[_notifies],
    status_code=201,
    summary="Suppress an address",
)
async def suppress_address(body: SuppressedAddressIn, tx: Tx) -> dict[str, Any]:
    """Do not write to an address any more, as when a mail provider passes a complaint on."""
    row = await SuppressionService(tx).suppress(
        body.channel, body.address, body.reason, detail=body.detail
    )
    return enveloped(row)


@addresses_router.delete(
    "/{suppressed_id}",
    status_code=204,
    dependencies=[_notifies],
    summary="Write to an address again",
)
async def release_address(suppressed_id: UUID, tx: Tx) -> Response:
    """Take an address off the list, as when its owner asks for that."""
    await SuppressionService(tx).release(suppressed_id)
    return Response(status_code=204)


def _plain(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-.") else "_" for c in name)
