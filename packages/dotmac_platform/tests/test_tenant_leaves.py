"""A tenant takes everything along, and leaves nothing behind but the proof of that."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI, Request
from pydantic import SecretStr
from sqlalchemy import text

from dotmac_core_events import create_worker
from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.files import DiskFiles, keeping_files_in, store_file
from dotmac_core_ops.principal import Principal
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.tenant_state import TenantState
from dotmac_core_ops.testing import TEST_NOW
from dotmac_identity import MoveReason, TenantLifeService, TenantService
from dotmac_identity.testing import Organisation, cheap_passwords
from dotmac_platform.application import build
from dotmac_platform.modules import MODULES
from dotmac_platform.runtime import connect
from dotmac_platform.samples import create_sample

PASSWORD = "correct horse battery staple"
TABLES = """
SELECT n.nspname || '.' || c.relname FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND NOT c.relispartition
"""


@pytest.fixture(scope="module")
async def platform(database_url: str) -> AsyncIterator[Database]:
    opened = connect(Settings(environment="test"), database_url, clock=FrozenClock(TEST_NOW))
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def sample(platform: Database) -> UUID:
    return await create_sample(platform, PASSWORD, customers=12, slug="staying")


@pytest.fixture(scope="module")
async def operator(platform: Database) -> UUID:
    return (await Organisation.operator(platform, cheap_passwords())).profile.id


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DiskFiles]:
    files = DiskFiles(tmp_path_factory.mktemp("files"))
    with keeping_files_in(files):
        yield files


def served(database: Database, principal: Principal) -> FastAPI:
    app = build(Settings(environment="test", secret_key=SecretStr("k" * 40)), database)

    async def authenticate(request: Request) -> Principal | None:
        return principal if "authorization" in request.headers else None

    app.state.authenticate = authenticate
    return app


def client(database: Database, tenant_id: UUID, *permissions: str) -> httpx.AsyncClient:
    held = frozenset(permissions or ("*",))
    app = served(database, Principal(tenant_id, str(new_id()), "user", "Olga", held))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test", headers={"Authorization": "x"}
    )


async def one_file(database: Database, store: DiskFiles, tenant_id: UUID) -> UUID:
    async def content() -> AsyncIterator[bytes]:
        yield b"%PDF-1.7 a contract"

    async with database.transaction(tenant_id) as session:
        stored = await store_file(
            session, store, content(), name="contract.pdf", media_type="application/pdf"
        )
    return stored.id


async def rows_by_table(database: Database, tenant_id: UUID) -> dict[str, int]:
    async with database.transaction(tenant_id) as session:
        names = (await session.execute(text(TABLES))).scalars().all()
        return {name: await session.scalar(text(f"SELECT count(*) FROM {name}")) for name in names}


async def fetched(platform: Database, tenant_id: UUID) -> zipfile.ZipFile:
    """Ask for an export, let the worker make it, get a link, fetch it with that alone."""
    async with client(platform, tenant_id) as owner:
        asked = (await owner.post("/api/v1/tenant/exports")).json()["data"]
        await create_worker(MODULES, platform).drain(tenant_id)
        link = (await owner.post(f"/api/v1/tenant/exports/{asked['id']}/link")).json()["data"]
        del owner.headers["authorization"]
        answer = await owner.get(link["path"])
        altered = link["path"][:-2] + ("AA" if link["path"][-2:] != "AA" else "BB")
        refused = await owner.get(altered)
    assert answer.status_code == 200, answer.text
    assert refused.json()["error"]["code"] == "INVALID_LINK"
    return zipfile.ZipFile(io.BytesIO(answer.content))


async def test_an_export_holds_every_row_and_file_and_no_secret(
    platform: Database, sample: UUID, store: DiskFiles
) -> None:
    file_id = await one_file(platform, store, sample)

    archive = await fetched(platform, sample)

    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    counted = await rows_by_table(platform, sample)
    assert len(manifest["tables"]) > 60
    for name in (
        "customers.customers",
        "billing.invoices",
        "identity.users",
    ):
        assert manifest["tables"][name]["rows"] == counted[name], name
    for name, table in manifest["tables"].items():
        lines = archive.read(f"tables/{name}.ndjson")
        assert hashlib.sha256(lines).hexdigest() == table["sha256"]
        assert lines.count(b"\n") == table["rows"]
    user = json.loads(archive.read("tables/identity.users.ndjson").splitlines()[0])
    assert user["email"]
    assert "password_hash" not in user
    assert archive.read(f"files/{file_id}/contract.pdf") == b"%PDF-1.7 a contract"


@pytest.mark.usefixtures("store")
async def test_a_link_is_good_for_five_minutes_and_for_its_export_only(
    platform: Database, sample: UUID, operator: UUID
) -> None:
    async with client(platform, sample) as owner:
        asked = (await owner.post("/api/v1/tenant/exports")).json()["data"]
        address = f"/api/v1/tenant/exports/{asked['id']}"
        early = await owner.post(f"{address}/link")
        await create_worker(MODULES, platform).drain(sample)
        path = (await owner.post(f"{address}/link")).json()["data"]["path"]
        elsewhere = await owner.get(path.replace(str(sample), str(operator)))
        assert isinstance(platform.clock, FrozenClock)
        platform.clock.advance(minutes=5)
        late = await owner.get(path)
        platform.clock.move_to(TEST_NOW)
    async with client(platform, sample, "tenant:read") as clerk:
        by_clerk = await clerk.post("/api/v1/tenant/exports")

    assert early.json()["error"]["code"] == "TENANT_EXPORT_NOT_READY"
    assert elsewhere.json()["error"]["code"] == "INVALID_LINK"
    assert late.json()["error"]["code"] == "INVALID_LINK"
    assert by_clerk.json()["error"]["code"] == "PERMISSION_DENIED"


async def closed(platform: Database, tenant_id: UUID) -> None:
    async with platform.transaction(tenant_id) as session:
        await TenantLifeService.within(session).move(TenantState.CLOSED, MoveReason.REQUESTED)


async def test_erasing_leaves_nothing_but_the_proof(
    platform: Database, operator: UUID, store: DiskFiles
) -> None:
    tenant_id = await a_tenant_with_everything(platform, store)
    neighbour = await rows_by_table(platform, operator)
    order = {"confirmation": "erase leaving"}
    address = f"/api/v1/tenants/{tenant_id}/erasure"

    async with client(platform, operator) as boss:
        open_still = await boss.post(address, json=order)
        await closed(platform, tenant_id)
        too_early = await boss.post(address, json=order)
        assert isinstance(platform.clock, FrozenClock)
        platform.clock.advance(days=30)
        unconfirmed = await boss.post(address, json={"confirmation": "yes"})
        accepted = await boss.post(address, json=order)
        await create_worker(MODULES, platform).drain(operator)
    platform.clock.move_to(TEST_NOW)

    assert open_still.json()["error"]["code"] == "TENANT_NOT_ERASABLE"
    assert too_early.json()["error"]["details"]["erasable_on"] == "2026-12-20"
    assert unconfirmed.json()["error"]["code"] == "CONFIRMATION_MISMATCH"
    assert accepted.status_code == 202
    left = {name: rows for name, rows in (await rows_by_table(platform, tenant_id)).items() if rows}
    assert left == {"core.tenant_erasures": 1}
    assert [one async for one in store.ids(tenant_id, older_than_seconds=-1)] == []
    after = await rows_by_table(platform, operator)
    assert all(after[name] >= rows for name, rows in neighbour.items())


async def a_tenant_with_everything(platform: Database, store: DiskFiles) -> UUID:
    """A sample of its own, with two years of bills and a file."""
    tenant_id = await create_sample(platform, PASSWORD, customers=12, slug="leaving")
    await one_file(platform, store, tenant_id)
    return tenant_id


async def test_the_database_itself_refuses_to_erase_what_is_not_closed(
    platform: Database, sample: UUID
) -> None:
    async with platform.transaction(sample) as session:
        with pytest.raises(Exception, match="only a closed tenant") as refused:
            await session.scalar(text("SELECT core.erase_rows('billing.invoices'::regclass)"))
    assert "only a closed tenant" in str(refused.value)


@pytest.mark.parametrize("table", ["core.tenants", "events.schedules", "public.alembic_version"])
async def test_only_tables_of_tenants_can_be_erased(platform: Database, table: str) -> None:
    tenant_id = new_id()
    async with platform.transaction(tenant_id) as session:
        await TenantService.within(session).create(
            slug=f"c-{tenant_id.hex[-8:]}", name="C", currency="EUR", time_zone="UTC", country="IE"
        )
    await closed(platform, tenant_id)

    async with platform.transaction(tenant_id) as session:
        with pytest.raises(Exception, match="has no rows of tenants"):
            await session.scalar(text(f"SELECT core.erase_rows('{table}'::regclass)"))


async def test_the_switch_of_erasing_opens_nothing_to_the_application(
    platform: Database, sample: UUID
) -> None:
    async with platform.transaction(sample) as session:
        await session.execute(text("SET LOCAL core.erasing = 'on'"))
        with pytest.raises(Exception, match="permission denied"):
            await session.execute(text("DELETE FROM core.audit_log"))
