"""Imports of customers on the whole platform: billing accounts come and go with them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from dotmac_billing.testing import plan, subscribed
from dotmac_core_events import create_worker
from dotmac_core_ops.database import Database
from dotmac_core_ops.files import DiskFiles, keeping_files_in
from dotmac_core_ops.testing import Tenant
from dotmac_customers.imports.columns import Mode
from dotmac_customers.imports.models import ImportState
from dotmac_customers.imports.service import ImportService
from dotmac_customers.imports.undoing.service import UndoPass, begin_undo
from dotmac_platform.modules import MODULES

SINCE = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> Iterator[None]:
    with keeping_files_in(DiskFiles(tmp_path / "files")):
        yield


async def imported(database: Database, tenant: Tenant, content: bytes) -> UUID:
    async with database.transaction(tenant.id) as session:
        made = await ImportService(session).upload("customers.csv", io.BytesIO(content))
        await ImportService(session).check(made.id, made.mapping, Mode.CREATE)
    await worked(database, tenant)
    async with database.transaction(tenant.id) as session:
        await ImportService(session).start(made.id)
    await worked(database, tenant)
    return made.id


async def worked(database: Database, tenant: Tenant) -> None:
    drained = await create_worker(MODULES, database, database.clock).drain(tenant.id)
    assert drained.failed_jobs == drained.failed_events == 0


async def no_lease() -> None:
    """Nobody waits for what a test does itself."""


async def codes(database: Database, tenant: Tenant) -> dict[str, UUID]:
    async with database.transaction(tenant.id) as session:
        found = await session.execute(sa.text("SELECT code, id FROM billing.customers"))
        return {row.code: row.id for row in found}


async def test_billing_accounts_go_with_those_to_whom_nothing_was_billed(
    composed: Database, provider: Tenant
) -> None:
    import_id = await imported(composed, provider, b"number,name\nA-1,Ann\nA-2,Ben\nA-3,Cia\n")
    before = await codes(composed, provider)
    async with composed.transaction(provider.id) as session:
        await subscribed(session, customer=before["A-2"], plan=await plan(session), since=SINCE)
    async with composed.transaction(provider.id) as session:
        await begin_undo(session, import_id, leave_changed=False)

    # The timeline has not been told yet: it is billing itself that does not let go of Ben.
    await UndoPass(composed, provider.id, import_id).run(no_lease)

    assert set(before) == {"A-1", "A-2", "A-3"}
    assert set(await codes(composed, provider)) == {"A-2"}
    async with composed.transaction(provider.id) as session:
        about = await ImportService(session).by_id(import_id)
        left = await session.scalars(sa.text("SELECT number FROM customers.customers"))
        assert (about.state, about.undone, left.all()) == (ImportState.UNDONE, 2, ["A-2"])
