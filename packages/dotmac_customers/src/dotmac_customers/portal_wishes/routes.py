"""HTTP verbs with which customers say what they want to hear, and what they agree to."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from dotmac_core_ops.database import Tx
from dotmac_core_ops.http import Envelope, client_of, enveloped
from dotmac_core_ops.principal import Principal, customer_of, requires
from dotmac_customers.communication.consents.service import ConsentService
from dotmac_customers.communication.preferences.service import PreferenceService
from dotmac_customers.communication.schemas import PreferencesIn, PreferencesOut, QuietHoursIn
from dotmac_customers.portal_wishes.schemas import OwnConsentIn, OwnConsentOut

# Who has left may say all this, too: a withdrawal is as easy as the consent was (GDPR art. 7(3)).
router = APIRouter(prefix="/portal/me", tags=["Portal"])

Customer = Annotated[Principal, Depends(requires("portal:profile"))]
All = Envelope[PreferencesOut]


@router.get("/communication-preferences", response_model=All, summary="Read what I want to hear")
async def read_own_preferences(tx: Tx, principal: Customer) -> dict[str, Any]:
    """Every channel with every topic, whether it is wanted, and the quiet hours."""
    return enveloped(await PreferenceService(tx).of(customer_of(principal)))


@router.put("/communication-preferences", response_model=All, summary="Say what I want to hear")
async def change_own_preferences(
    body: PreferencesIn, tx: Tx, principal: Customer
) -> dict[str, Any]:
    """Switch topics on or off; what is left out stays. Emergencies cannot be switched off."""
    preferences, customer_id = PreferenceService(tx), customer_of(principal)
    wishes = [(one.channel, one.topic, one.is_enabled) for one in body.preferences]
    await preferences.change(customer_id, wishes)
    return enveloped(await preferences.of(customer_id))


@router.put("/quiet-hours", response_model=All, summary="Set my quiet hours")
async def set_own_quiet_hours(body: QuietHoursIn, tx: Tx, principal: Customer) -> dict[str, Any]:
    """Be left alone from one time of the day to another; emergencies are sent at once."""
    preferences, customer_id = PreferenceService(tx), customer_of(principal)
    await preferences.set_quiet_hours(customer_id, body.starts, body.ends, body.time_zone)
    return enveloped(await preferences.of(customer_id))


@router.delete("/quiet-hours", response_model=All, summary="Remove my quiet hours")
async def clear_own_quiet_hours(tx: Tx, principal: Customer) -> dict[str, Any]:
    """Be written to at any time; what is held already keeps its time."""
    preferences, customer_id = PreferenceService(tx), customer_of(principal)
    await preferences.clear_quiet_hours(customer_id)
    return enveloped(await preferences.of(customer_id))


@router.get(
    "/consents", response_model=Envelope[list[OwnConsentOut]], summary="List what I agreed to"
)
async def list_own_consents(tx: Tx, principal: Customer) -> dict[str, Any]:
    """Everything that was written down, oldest first; the last one of a topic counts."""
    return enveloped(await ConsentService(tx).of(customer_of(principal)))


@router.post(
    "/consents",
    response_model=Envelope[OwnConsentOut],
    status_code=201,
    summary="Agree, or withdraw",
)
async def record_own_consent(
    body: OwnConsentIn, tx: Tx, request: Request, principal: Customer
) -> dict[str, Any]:
    """Agree to a text, or agree no longer. It is written down with the time and the address."""
    consent = body.consent(client_of(request).address)
    return enveloped(await ConsentService(tx).note(customer_of(principal), consent))
