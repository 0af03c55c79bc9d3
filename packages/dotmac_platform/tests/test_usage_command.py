"""`dotmac usage import` as people use it."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from dotmac_billing import Aggregation, NewMeter, UsageWindow, define_meter, measure
from dotmac_billing.testing import subscribed
from dotmac_core_ops.clock import SystemClock
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

from .shell import Shell

NOW = SystemClock().now()  # the command goes by the real time


@pytest.fixture
async def line(composed: Database, provider: Tenant) -> UUID:
    """A subscription known as `line 7` with a meter for its traffic."""
    async with composed.transaction(provider.id) as session:
        await define_meter(session, NewMeter("traffic", "Traffic", Aggregation.SUM))
        return await subscribed(session, since=date(2020, 1, 1), external_id="line 7")


async def used(database: Database, tenant: Tenant, line: UUID) -> Decimal:
    since = datetime(NOW.year - 1, 1, 1, 6, tzinfo=NOW.tzinfo)
    window = UsageWindow("w", line, "traffic", since, NOW + timedelta(days=1))
    async with database.transaction(tenant.id) as session:
        return (await measure(session, [window]))["w"].quantity


async def test_a_csv_goes_in_once_and_what_is_wrong_is_listed(
    dotmac: Shell, composed: Database, provider: Tenant, line: UUID, tmp_path: Path
) -> None:
    rows = [["event_id", "meter", "at", "subscription", "value", "region"]]
    rows += [[f"e{n}", "traffic", NOW.isoformat(), "line 7", str(n), "eu"] for n in range(6_000)]
    rows[2][4] = "much"
    rows[3][3] = "line 8"
    with (tmp_path / "traffic.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    command = ("usage", "import", "traffic.csv", "--tenant", provider.slug, "--json")

    first, again = dotmac(*command), dotmac(*command)

    told = json.loads(first.stdout)
    assert first.returncode == 3, first.stderr
    assert (told["accepted"], told["duplicates"], told["refused"]) == (5_998, 0, 2)
    assert json.loads(again.stdout)["duplicates"] == 5_998
    assert await used(composed, provider, line) == sum(range(6_000)) - 1 - 2
    with (tmp_path / "traffic.csv.rejects.csv").open(newline="") as file:
        header, *refused = [row[:2] for row in csv.reader(file)]
    assert header == ["line", "code"]
    # Several calls go on side by side, and each writes down its own refusals.
    assert sorted(refused) == [["3", "VALUE_INVALID"], ["4", "UNKNOWN_SUBSCRIPTION"]]


async def test_ndjson_goes_in(
    dotmac: Shell, composed: Database, provider: Tenant, line: UUID, tmp_path: Path
) -> None:
    event = {"meter": "traffic", "at": NOW.isoformat(), "subscription": "line 7"}
    lines = [
        json.dumps({**event, "event_id": "1", "value": 1.25, "properties": {"region": "eu"}}),
        "",
        json.dumps({**event, "event_id": "2", "value": "2"}),
    ]
    (tmp_path / "traffic.ndjson").write_text("\n".join(lines))

    done = dotmac("usage", "import", "traffic.ndjson", "--tenant", provider.slug)

    assert done.returncode == 0, done.stderr
    assert await used(composed, provider, line) == Decimal("3.25")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"event_id,at\n1,2\n", "IMPORT_COLUMNS"),
        (b"event_id,meter,at,place\n1,m,2026-11-20T09:30Z,Malm\xf6\n", "not UTF-8"),
        (None, "IMPORT_FILE_UNREADABLE"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    dotmac: Shell, provider: Tenant, tmp_path: Path, content: bytes | None, code: str
) -> None:
    if content is not None:
        (tmp_path / "traffic.csv").write_bytes(content)

    refused = dotmac("usage", "import", "traffic.csv", "--tenant", provider.slug)

    assert (refused.returncode, code in refused.stderr) == (1, True)
