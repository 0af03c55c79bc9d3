from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_billing.settings.service import open_billing, settings_of
from dotmac_core_ops.clock import UnknownTimeZoneError
from dotmac_core_ops.money import InvalidCurrencyError
from dotmac_core_ops.testing import Tenant

SignedIn = Callable[..., httpx.AsyncClient]

PATH = "/billing/settings"


async def test_nobody_need_open_billing(session: AsyncSession) -> None:
    settings = await settings_of(session)

    assert (settings.currency, settings.time_zone, settings.payment_terms_days) == (
        "EUR",
        "UTC",
        14,
    )


async def test_billing_is_opened_once(session: AsyncSession) -> None:
    await open_billing(session, currency="USD", time_zone="America/New_York", country="US")

    await open_billing(session, currency="EUR")

    settings = await settings_of(session)
    assert (settings.currency, settings.country) == ("USD", "US")


async def test_currency_and_zone_must_exist(session: AsyncSession) -> None:
    with pytest.raises(InvalidCurrencyError):
        await open_billing(session, currency="EUX")
    with pytest.raises(UnknownTimeZoneError):
        await open_billing(session, time_zone="Mars/Olympus")


async def test_settings_are_changed_by_who_read_them(client: httpx.AsyncClient) -> None:
    read = await client.get(PATH)
    tag = read.headers["etag"]

    changed = await client.patch(
        PATH, json={"payment_terms_days": 30, "seller_name": "ISP Ltd"}, headers={"if-match": tag}
    )
    late = await client.patch(PATH, json={"payment_terms_days": 7}, headers={"if-match": tag})
    blind = await client.patch(PATH, json={"payment_terms_days": 7})

    assert changed.status_code == 200
    assert changed.json()["data"]["payment_terms_days"] == 30
    assert (late.status_code, blind.status_code) == (412, 428)
    assert (await client.get(PATH)).json()["data"]["seller_name"] == "ISP Ltd"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"currency": "EUX"}, "INVALID_CURRENCY"),
        ({"time_zone": "Mars/Olympus"}, "UNKNOWN_TIME_ZONE"),
        ({"invoice_number_format": "INV"}, "INVALID_NUMBER_FORMAT"),
        ({"payment_terms_days": -1}, "VALIDATION_FAILED"),
        ({"colour": "blue"}, "VALIDATION_FAILED"),
        ({"seller_iban": "DE89 3704 0044 0532 0130 01"}, "VALIDATION_FAILED"),
        ({"seller_bic": "DEUT"}, "VALIDATION_FAILED"),
        ({"tax_rounding": "never"}, "VALIDATION_FAILED"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    client: httpx.AsyncClient, change: dict[str, object], code: str
) -> None:
    refused = await client.patch(PATH, json=change, headers={"if-match": "*"})

    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == code


async def test_reading_does_not_allow_writing(signed_in: SignedIn, tenant: Tenant) -> None:
    reader = signed_in(tenant, "billing:read")

    assert (await reader.get(PATH)).status_code == 200
    refused = await reader.patch(PATH, json={}, headers={"if-match": "*"})
    assert refused.status_code == 403


async def test_a_seller_says_who_it_is_and_how_it_rounds(client: httpx.AsyncClient) -> None:
    seller = {
        "seller_street": "Hauptstr. 1",
        "seller_postal_code": "10115",
        "seller_city": "Berlin",
        "seller_region": "BE",
        "seller_tax_id": "DE136695976",
        "seller_registration": "HRB 1234",
        "seller_email": "billing@isp.example",
        "seller_phone": "+49 30 123",
        "seller_bic": "DEUTDEFF",
        "tax_rounding": "line",
        "tax_calculator": "avalara",
        "tax_number_check": "vies",
        "tax_number_unavailable": "unverified",
    }

    changed = await client.patch(
        PATH,
        json={**seller, "seller_iban": "de89 3704 0044 0532 0130 00"},
        headers={"if-match": "*"},
    )

    assert changed.status_code == 200, changed.text
    read = (await client.get(PATH)).json()["data"]
    assert {name: read[name] for name in seller} == seller
    assert read["seller_iban"] == "DE89370400440532013000"
