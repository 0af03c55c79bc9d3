from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from dotmac_api_gateway import create_app
from dotmac_core_ops.database import Database
from dotmac_core_ops.files import DiskFiles, keeping_files_in
from dotmac_core_ops.module import Module
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.tenant_settings import TenantSetting, setting_of
from dotmac_identity import Authenticator, Passwords, answering_txt, branding_of, module
from dotmac_identity.branding.contrast import contrast
from dotmac_identity.domains.names import InvalidDomainError, normalised_domain
from dotmac_identity.testing import PASSWORD, Organisation
from packages.dotmac_identity.tests.operators import Door, code

MAX_BYTES = TenantSetting("boxes.max_bytes", 1000, "Largest box.", minimum=10, maximum=5000)
RATE = TenantSetting("boxes.rate", Decimal("1.5"), "Rate of a box.", minimum=Decimal(0))
MODE = TenantSetting("boxes.mode", "slow", "How boxes go.", choices=("slow", "fast"))
TYPES: TenantSetting[tuple[str, ...]] = TenantSetting(
    "boxes.types", ("small",), "Which boxes there are.", minimum=1
)
BOXES = Module("boxes", tenant_settings=(MAX_BYTES, RATE, MODE, TYPES))
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


@pytest.fixture
def door(database: Database, settings: Settings, authenticator: Authenticator) -> Door:
    app = create_app(
        [module, BOXES], database=database, settings=settings, authenticate=authenticator
    )
    authenticator.install(app)
    transport = httpx.ASGITransport(app)
    return Door(httpx.AsyncClient(transport=transport, base_url="http://test/api/v1"))


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> Iterator[None]:
    with keeping_files_in(DiskFiles(tmp_path)):
        yield


async def test_an_owner_sets_what_a_module_lets_be_set(
    door: Door, organisation: Organisation
) -> None:
    await organisation.employs("emil", "viewer")
    owner, clerk = await door.as_(organisation), await door.as_(organisation, "emil")
    read = await clerk.ask("GET", "/tenant/settings")
    tag = read.headers["etag"]
    values = {"boxes.max_bytes": 2000, "boxes.rate": "2.25", "boxes.types": ["small", "large"]}

    changed = await owner.ask("PATCH", "/tenant/settings", {"values": values}, **{"If-Match": tag})

    keys = [one["key"] for one in read.json()["data"]]
    assert keys == sorted(keys)
    assert [key for key in keys if key.startswith("boxes.")] == [
        "boxes.max_bytes",
        "boxes.mode",
        "boxes.rate",
        "boxes.types",
    ]
    shown = {one["key"]: one["value"] for one in changed.json()["data"]}
    assert shown["boxes.max_bytes"] == 2000
    assert shown["boxes.mode"] == "slow"
    async with organisation.database.transaction(organisation.profile.id) as session:
        assert await setting_of(session, MAX_BYTES) == 2000
        assert await setting_of(session, RATE) == Decimal("2.25")
        assert await setting_of(session, TYPES) == ("small", "large")
        assert await setting_of(session, MODE) == "slow"
    stale = await owner.told("PATCH", "/tenant/settings", {"values": values}, **{"If-Match": tag})
    denied = await clerk.told("PATCH", "/tenant/settings", {"values": values}, **{"If-Match": "*"})
    assert (stale, denied) == ("412 VERSION_MISMATCH", "403 PERMISSION_DENIED")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("boxes.unknown", 1),
        ("boxes.max_bytes", 9),
        ("boxes.max_bytes", 5001),
        ("boxes.max_bytes", True),
        ("boxes.max_bytes", "12"),
        ("boxes.rate", "NaN"),
        ("boxes.rate", -1),
        ("boxes.mode", "sideways"),
        ("boxes.types", []),
        ("boxes.types", [1]),
    ],
)
async def test_a_setting_that_does_not_fit_changes_nothing(
    door: Door, organisation: Organisation, key: str, value: object
) -> None:
    owner = await door.as_(organisation)
    body = {"values": {"boxes.mode": "fast", key: value}}

    answer = await owner.told("PATCH", "/tenant/settings", body, **{"If-Match": "*"})

    assert answer == "422 INVALID_TENANT_SETTING"
    async with organisation.database.transaction(organisation.profile.id) as session:
        assert await setting_of(session, MODE) == "slow"


async def test_null_takes_a_setting_back_to_its_default(
    door: Door, organisation: Organisation
) -> None:
    owner, any_version = await door.as_(organisation), {"If-Match": "*"}
    await owner.ask("PATCH", "/tenant/settings", {"values": {"boxes.mode": "fast"}}, **any_version)

    await owner.ask("PATCH", "/tenant/settings", {"values": {"boxes.mode": None}}, **any_version)

    async with organisation.database.transaction(organisation.profile.id) as session:
        assert await setting_of(session, MODE) == "slow"


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#777777", "#ffffff", 4.48)],
)
def test_the_contrast_of_colours(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)


async def test_the_look_of_a_tenant_is_changed_and_seen_in_messages(
    door: Door, organisation: Organisation
) -> None:
    owner, any_version = await door.as_(organisation), {"If-Match": "*"}
    body = {"name": "North", "primary_colour": "#1D4ED8", "email_footer": "North Net AB"}

    light = await owner.ask(
        "PATCH", "/tenant/branding", {"primary_colour": "#ffee00"}, **any_version
    )
    wrong = await owner.told("PATCH", "/tenant/branding", {"accent_colour": "blue"}, **any_version)
    changed = await owner.ask("PATCH", "/tenant/branding", body, **any_version)

    assert code(light) == "422 CONTRAST_TOO_LOW"
    assert light.json()["error"]["details"]["needed"] == 4.5
    assert wrong == "422 INVALID_COLOUR"
    assert changed.json()["data"]["primary_colour"] == "#1d4ed8"
    async with organisation.database.transaction(organisation.profile.id) as session:
        look = await branding_of(session)
    assert (look.tenant_name, look.accent, look.footer) == ("North", "#1d4ed8", "North Net AB")


async def test_a_logo_is_uploaded_by_its_content_and_fetched_by_everybody(
    door: Door, organisation: Organisation
) -> None:
    await organisation.employs("emil", "viewer")
    owner, clerk = await door.as_(organisation), await door.as_(organisation, "emil")
    address = f"/branding/{organisation.profile.id}/logo"

    async def upload(who: str, content: bytes, media_type: str = "image/png") -> httpx.Response:
        return await door.http.put(
            "/tenant/branding/logo",
            files={"file": ("logo.png", content, media_type)},
            headers={"Authorization": f"Bearer {who}"},
        )

    assert code(await door.http.get(address)) == "404 BRANDING_IMAGE_NOT_FOUND"
    assert code(await upload(clerk.token, PNG)) == "403 PERMISSION_DENIED"
    svg = await upload(owner.token, b"<svg onload=alert(1)>", "image/svg+xml")
    assert code(svg) == "422 FILE_TYPE_MISMATCH"
    large = await upload(owner.token, PNG + b"0" * 1_000_000)
    assert code(large).endswith("FILE_TOO_LARGE")
    assert (await upload(owner.token, PNG)).json()["data"]["has_logo"] is True

    fetched = await door.http.get(address)
    assert (fetched.content, fetched.headers["content-type"]) == (PNG, "image/png")
    assert fetched.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "normalised"),
    [(" My.North-Net.Example. ", "my.north-net.example"), ("bücher.de", "xn--bcher-kva.de")],
)
def test_a_domain_as_it_is_compared(name: str, normalised: str) -> None:
    assert normalised_domain(name) == normalised


@pytest.mark.parametrize(
    "name", ["localhost", "a..b", "-a.de", "a.de/x", "a.de:80", "1.2.3.4", "a b.de", "x." * 130]
)
def test_what_is_no_domain(name: str) -> None:
    with pytest.raises(InvalidDomainError):
        normalised_domain(name)


async def test_a_domain_is_proved_and_then_leads_to_its_tenant(
    door: Door, organisation: Organisation, database: Database, passwords: Passwords
) -> None:
    zone: dict[str, list[str]] = {}

    async def lookup(name: str) -> list[str]:
        return zone.get(name, [])

    name = f"my.{organisation.profile.slug}.example"
    other = await Organisation.founded(database, passwords)
    owner, rival = await door.as_(organisation), await door.as_(other)
    added = (await owner.ask("POST", "/tenant/domains", {"name": name})).json()["data"]
    claimed = (await rival.ask("POST", "/tenant/domains", {"name": name})).json()["data"]

    async def sign_in() -> int:
        body = {"email": "owner@example.com", "password": PASSWORD, "tenant": name.upper()}
        return (await door.http.post("/auth/sign-in", json=body)).status_code

    with answering_txt(lookup):
        verify = f"/tenant/domains/{added['id']}/verify"
        assert await owner.told("POST", verify) == "409 DOMAIN_NOT_PROVED"
        assert await sign_in() == 401
        zone[added["record"]] = ["v=spf1 -all", added["value"]]
        assert await rival.told("POST", verify) == "404 DOMAIN_NOT_FOUND"
        rivals = f"/tenant/domains/{claimed['id']}/verify"
        assert await rival.told("POST", rivals) == "409 DOMAIN_NOT_PROVED"
        assert (await owner.ask("POST", verify)).json()["data"]["is_primary"] is True
        zone[added["record"]] += [claimed["value"]]
        assert await rival.told("POST", rivals) == "409 DOMAIN_TAKEN"

    assert await sign_in() == 200
    assert await owner.told("DELETE", f"/tenant/domains/{added['id']}") == "200"
    assert await sign_in() == 401
