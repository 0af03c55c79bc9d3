"""`dotmac tenant` as the one who runs an installation uses it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from dotmac_core_ops.database import Database
from dotmac_core_ops.tenant_state import TenantState
from dotmac_core_ops.tenants import tenant_state
from dotmac_identity.testing import Organisation, cheap_passwords

from .shell import Shell


@pytest.fixture
async def tenant(composed: Database) -> Organisation:
    return await Organisation.founded(composed, cheap_passwords())


@pytest.fixture
async def operator(composed: Database) -> Organisation:
    return await Organisation.operator(composed, cheap_passwords())


async def test_a_tenant_is_closed_and_opened_again_for_a_reason_that_fits(
    dotmac: Shell, tenant: Organisation
) -> None:
    move = ("tenant", "move", tenant.profile.slug)

    unasked = dotmac(*move, "closed", "--reason", "requested")
    unfit = dotmac(*move, "closed", "--reason", "paid", "--yes")
    closed = dotmac(*move, "closed", "--reason", "requested", "--yes")
    opened = dotmac(*move, "active", "--reason", "reopened", "--note", "Paid", "--yes", "--json")

    assert (unasked.returncode, "--yes" in unasked.stderr) == (2, True)
    assert (unfit.returncode, "UNFIT" in unfit.stderr) == (1, True), unfit.stderr
    assert closed.returncode == 0, closed.stderr
    assert json.loads(opened.stdout)["state"] == "active", opened.stderr
    async with tenant.database.transaction(tenant.profile.id) as session:
        assert await tenant_state(session) is TenantState.ACTIVE


async def test_everything_of_a_tenant_is_written_into_a_new_file(
    dotmac: Shell, tenant: Organisation, tmp_path: Path
) -> None:
    words = ("tenant", "export", tenant.profile.slug, "--to", "all.zip")
    files = {"FILES_DIR": str(tmp_path / "files"), "DOTMAC_HOME": str(tmp_path / "home")}

    written, again = dotmac(*words, **files), dotmac(*words, **files)

    assert written.returncode == 0, written.stderr
    assert again.returncode == 2
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.testzip() is None
        users = archive.read("tables/identity.users.ndjson")
    assert b"owner@example.com" in users


@pytest.mark.usefixtures("operator")
async def test_only_what_is_closed_for_long_is_erased_and_only_when_confirmed(
    dotmac: Shell, tenant: Organisation
) -> None:
    erase = ("tenant", "erase", tenant.profile.slug, "--confirm")

    unconfirmed = dotmac(*erase, "yes")
    too_early = dotmac(*erase, f"erase {tenant.profile.slug}")

    assert (unconfirmed.returncode, "CONFIRMATION_MISMATCH" in unconfirmed.stderr) == (1, True)
    assert (too_early.returncode, "TENANT_NOT_ERASABLE" in too_early.stderr) == (1, True)


async def test_the_founding_tiers_are_published_once(dotmac: Shell, operator: Organisation) -> None:
    first, again = (dotmac("tenant", "tiers", "--json") for _ in range(2))

    assert json.loads(first.stdout)["operator"] == operator.profile.slug, first.stderr
    assert json.loads(again.stdout)["changes"] == 0, again.stderr
