from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from dotmac_core_events import EventConsumer
from dotmac_core_ops.database import Database
from dotmac_core_ops.errors import InvalidError, UnavailableError
from dotmac_core_ops.testing import Tenant
from dotmac_customers import CustomerCreated
from dotmac_platform.imports import ImportResult, SubscriberImport, load_mapping
from dotmac_platform.imports.mapping import Mapping
from dotmac_platform.imports.writing import ImportPlanMismatchError

AS_OF = date(2026, 11, 1)
MAPPING = """
[file]
ignore = ["shoe_size"]
[customer]
number = "id"
name = "{name}"
email = "mail"
[subscription]
plan = "NET"
plan_name = "Network"
currency = "USD"
start = { column = "since" }
agreed_total = "pays"
[[subscription.items]]
code = "LINE"
name = "Line"
price = 30
column = "line"
equals = "yes"
base = true
[[subscription.items]]
code = "TV"
name = "Television"
price = 10
column = "tv"
equals = "yes"
[[payments]]
column = "paid"
"""
HEADER = "id,name,mail,since,line,tv,pays,paid,shoe_size"
ADA = "A-1,Ada,ada@example.com,2026-01-15,yes,yes,41.50,120.00,38"
BOB = "B-2,Bob,,2026-02-01,yes,no,30.00,,44"


@pytest.fixture
def mapping(tmp_path: Path) -> Mapping:
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING)
    return load_mapping(path)


class Desk:
    """Somebody who imports files of a few lines."""

    def __init__(self, database: Database, tenant: Tenant, mapping: Mapping, folder: Path) -> None:
        self._database = database
        self._tenant = tenant
        self._mapping = mapping
        self._folder = folder
        self.rejects = folder / "rejects.csv"

    async def imports(
        self,
        *lines: str,
        header: str = HEADER,
        dry_run: bool = False,
        as_of: date = AS_OF,
        encoding: str = "utf-8",
    ) -> ImportResult:
        path = self._folder / "file.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
        return await self.reads(path, dry_run=dry_run, as_of=as_of)

    async def reads(
        self, path: Path, *, dry_run: bool = False, as_of: date = AS_OF
    ) -> ImportResult:
        job = SubscriberImport(self._database, self._tenant.id, self._mapping, as_of=as_of)
        return await job.run(path, rejects=self.rejects, dry_run=dry_run)

    async def rows(self) -> dict[str, int]:
        tables = (
            *("customers.customers", "billing.customers", "billing.subscriptions"),
            *("billing.subscription_items", "billing.payments", "billing.mrr_movements"),
            *("billing.plans", "events.outbox", "core.audit_log"),
        )
        async with self._database.transaction(self._tenant.id) as session:
            return {
                table: (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
                for table in tables
            }


@pytest.fixture
def desk(composed: Database, provider: Tenant, mapping: Mapping, tmp_path: Path) -> Desk:
    return Desk(composed, provider, mapping, tmp_path)


async def test_a_row_becomes_a_customer_who_pays_what_was_agreed(
    desk: Desk, composed: Database, provider: Tenant
) -> None:
    result = await desk.imports(ADA, BOB)

    assert (result.customers, result.items, result.payments) == (2, 3, 1)
    assert result.paid == Decimal(120)
    async with composed.transaction(provider.id) as session:
        prices = await session.execute(
            text(
                "SELECT c.code, i.agreed_price FROM billing.subscription_items i "
                "JOIN billing.price_components c ON c.id = i.component_id "
                "JOIN billing.subscriptions s ON s.id = i.subscription_id "
                "JOIN billing.customers b ON b.id = s.customer_id "
                "WHERE b.code = 'A-1' ORDER BY i.position"
            )
        )
        assert [tuple(row) for row in prices] == [("LINE", Decimal("31.50")), ("TV", None)]


async def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    await desk.imports(ADA, BOB)
    before = await desk.rows()

    again = await desk.imports(ADA, BOB)

    assert (again.customers, again.known) == (0, 2)
    assert await desk.rows() == before


async def test_a_dry_run_says_what_would_happen_and_writes_nothing(desk: Desk) -> None:
    before = await desk.rows()

    result = await desk.imports(ADA, BOB, dry_run=True)

    assert (result.dry_run, result.customers, result.payments) == (True, 2, 1)
    assert await desk.rows() == before


async def test_bad_rows_can_be_mended_and_imported_again(desk: Desk) -> None:
    first = await desk.imports(
        ADA,
        'B-2,Bob,,2026-02-01,yes,no,"12,3.4",,44',
        "C-3,Cid,,2027-02-01,yes,no,30.00,,44",
        "too,short",
        ADA,
    )
    rejects = list(csv.DictReader(desk.rejects.read_text().splitlines()))
    told = [(row["reject_line"], row["reject_column"], row["reject_reason"]) for row in rejects]
    mended = desk.rejects.read_text().replace('"12,3.4"', "30.00").replace("2027-", "2026-")
    path = desk.rejects.with_name("mended.csv")
    path.write_text(mended)
    second = await desk.reads(path)

    assert (first.customers, first.rejected) == (1, 4)
    assert told == [
        ("3", "pays", "'12,3.4' is not an amount (write 1234.50: digits, then a point)"),
        ("4", "since", "2027-02-01 lies after the as-of day 2026-11-01"),
        ("5", "", "has 2 cells, not one for each column"),
        ("6", "id", "'A-1' stands twice in this file"),
    ]
    assert (second.customers, second.known, second.rejected) == (2, 1, 1)


async def test_a_row_that_only_the_customer_rules_refuse_does_not_hold_up_the_others(
    desk: Desk,
) -> None:
    endless = BOB.replace("Bob", "B" * 300)
    ancient = ADA.replace("A-1", "C-3").replace("2026-01-15", "0026-01-15")

    result = await desk.imports(ADA, endless, ancient)

    assert (result.customers, result.rejected) == (1, 2)
    told = [row["reject_line"] for row in csv.DictReader(desk.rejects.read_text().splitlines())]
    assert told == ["3", "4"]
    assert (await desk.rows())["billing.subscriptions"] == 1


async def test_what_no_row_is_to_blame_for_ends_the_import_and_rejects_nobody(
    desk: Desk, composed: Database
) -> None:
    @EventConsumer.handle("customers.customer_created", batch=True, inline=True)
    async def out_of_reach(events: Sequence[CustomerCreated]) -> None:
        raise UnavailableError(f"Nobody answers for {len(events)} customers.")

    composed.inline_handlers = {out_of_reach.event: [out_of_reach]}

    with pytest.raises(UnavailableError, match="for 2 customers"):
        await desk.imports(ADA, BOB)

    assert not desk.rejects.exists()
    assert (await desk.rows())["customers.customers"] == 0


async def test_a_good_file_leaves_no_rejects(desk: Desk) -> None:
    result = await desk.imports(ADA)

    assert result.rejects_file is None
    assert not desk.rejects.exists()


@pytest.mark.parametrize(
    ("header", "code", "words"),
    [
        (HEADER.replace("pays", "price"), "IMPORT_COLUMNS", "no column 'pays'"),
        (HEADER + ",colour", "IMPORT_COLUMNS", "does not know the column 'colour'"),
        (HEADER + ",tv", "IMPORT_COLUMNS", "'tv' more than once"),
    ],
)
async def test_a_header_that_does_not_fit_is_refused_before_anything_is_written(
    desk: Desk, header: str, code: str, words: str
) -> None:
    before = await desk.rows()

    with pytest.raises(InvalidError, match=words) as refused:
        await desk.imports(ADA, header=header)

    assert refused.value.code == code
    assert await desk.rows() == before


async def test_bytes_of_another_encoding_are_named_as_such(desk: Desk) -> None:
    with pytest.raises(InvalidError, match=r"after line \d+: the bytes are not utf-8") as refused:
        await desk.imports(ADA, BOB.replace("Bob", "Bjørn"), encoding="latin-1")

    assert refused.value.code == "IMPORT_ENCODING"


async def test_a_day_to_come_cannot_be_described(desk: Desk) -> None:
    with pytest.raises(InvalidError, match="lies in the future") as refused:
        await desk.imports(ADA, as_of=date(2026, 11, 22))

    assert refused.value.code == "IMPORT_AS_OF_IN_FUTURE"


async def test_a_plan_that_disagrees_with_the_mapping_is_not_touched(
    desk: Desk, composed: Database, provider: Tenant, mapping: Mapping, tmp_path: Path
) -> None:
    await desk.imports(ADA)
    dearer = mapping.model_copy(
        update={
            "subscription": mapping.subscription.model_copy(
                update={
                    "items": tuple(
                        item.model_copy(update={"price": item.price + 1})
                        for item in mapping.subscription.items
                    )
                }
            )
        }
    )

    with pytest.raises(ImportPlanMismatchError, match="price of LINE is 30"):
        await Desk(composed, provider, dearer, tmp_path).imports(BOB)


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("[customer", "not a valid mapping"),
        (MAPPING.replace('number = "id"\n', ""), "customer.number: the key is missing"),
        (MAPPING.replace('plan = "NET"', 'plann = "NET"'), "subscription.plann: there is no such"),
    ],
)
def test_a_mapping_that_cannot_be_used_names_the_key(tmp_path: Path, toml: str, words: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(toml)

    with pytest.raises(InvalidError, match=words) as refused:
        load_mapping(path)

    assert refused.value.code == "IMPORT_MAPPING_INVALID"


async def test_a_missing_file_is_named(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="No such file") as refused:
        await desk.reads(tmp_path / "nowhere.csv")

    assert refused.value.code == "IMPORT_FILE_UNREADABLE"
