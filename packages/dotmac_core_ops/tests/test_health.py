"""What the health pages say while things work and while they do not."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from dotmac_core_ops.database import Database
from dotmac_core_ops.embedded import ServerHandle
from dotmac_core_ops.health import SERVER_KIND, health, live, missing_heads, ready
from dotmac_core_ops.settings import Settings

NOWHERE = "postgresql://nobody:hunter2@127.0.0.1:1/nothing"
HANDLE = ServerHandle(url=NOWHERE, version="18.6", origin="system", started_by_us=True, pid=1)


@pytest.fixture
async def unreachable() -> AsyncIterator[Database]:
    database = Database(NOWHERE)
    yield database
    await database.close()


@pytest.fixture
async def never_migrated(server_url: str) -> AsyncIterator[Database]:
    url = make_url(server_url).set(database="template1")
    database = Database(url.render_as_string(hide_password=False))
    yield database
    await database.close()


async def test_a_database_that_answers_is_healthy_and_says_its_version(database: Database) -> None:
    answer = await health(database)

    assert (answer["status"], answer["database"]) == ("healthy", "connected")
    assert answer["database_server"]["kind"] == "external"
    assert str(answer["database_server"]["version"]).replace(".", "").isdigit()


async def test_a_database_that_does_not_answer_is_unhealthy_and_no_password_shows(
    unreachable: Database,
) -> None:
    answer = await health(unreachable)

    assert (answer["status"], answer["database"]) == ("unhealthy", "disconnected")
    assert answer["database_server"]["version"] is None
    assert "hunter2" not in str(answer)


async def test_the_embedded_server_is_said_to_be_embedded(
    unreachable: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await health(unreachable, HANDLE))["database_server"]["kind"] == "embedded"

    monkeypatch.setenv(SERVER_KIND, "embedded")
    assert (await health(unreachable))["database_server"]["kind"] == "embedded"


async def test_a_migrated_database_is_ready(database: Database) -> None:
    assert await ready(database) == {
        "status": "ready",
        "database": "connected",
        "migrations": "current",
        "missing": [],
        "warnings": [],
    }


async def test_production_without_a_way_for_messages_says_so(database: Database) -> None:
    in_production = {"environment": "production", "secret_key": "k7Yp2QwX9sLm4TnB6vRz1HcD8fGj3KaE"}
    configured = {
        "smtp_host": "mail.example.com",
        "twilio_account_sid": "AC1",
        "twilio_auth_token": "t",
        "twilio_from": "+15005550006",
        "public_url": "https://dotmac.example",
    }

    bare = await ready(database, Settings.model_validate(in_production))
    whole = await ready(database, Settings.model_validate(in_production | configured))
    at_home = await ready(database, Settings(environment="development"))

    assert bare["status"] == "ready"
    assert [warning.partition(";")[2].split()[1] for warning in bare["warnings"]] == [
        "SMTP_HOST.",
        "TWILIO_ACCOUNT_SID,",
        "PUBLIC_URL.",
    ]
    assert whole["warnings"] == at_home["warnings"] == []


async def test_a_database_without_our_tables_is_not_ready(never_migrated: Database) -> None:
    answer = await ready(never_migrated)

    assert (answer["status"], answer["migrations"]) == ("not_ready", "behind")
    assert answer["missing"]


async def test_a_database_that_does_not_answer_is_not_ready(unreachable: Database) -> None:
    answer = await ready(unreachable)

    assert (answer["status"], answer["database"]) == ("not_ready", "disconnected")


@pytest.mark.parametrize(
    ("applied", "missing"),
    [
        ({"core_0001", "billing_0002"}, []),
        ({"core_0001", "billing_0001"}, ["billing_0002"]),
        ({"core_0001"}, ["billing_0002"]),
        ({"core_0001", "billing_0003"}, []),
        ({"core_0002", "billing_0001"}, ["billing_0002"]),
        (set(), ["core_0001", "billing_0002"]),
    ],
)
def test_a_database_ahead_of_the_program_is_not_behind(
    applied: set[str], missing: list[str]
) -> None:
    known = {"core_0001", "billing_0001", "billing_0002"}

    assert missing_heads(["core_0001", "billing_0002"], applied, known=known) == missing


def test_a_process_that_answers_is_alive() -> None:
    assert live() == {"status": "alive"}


def test_a_handle_does_not_show_its_password() -> None:
    assert "hunter2" not in repr(HANDLE)


async def test_looking_leaves_no_open_transaction(database: Database) -> None:
    await health(database)
    await ready(database)

    async with database.relay() as session:
        idle = await session.execute(
            sa.text(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' "
                "AND datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        assert idle.scalar_one() == 0
