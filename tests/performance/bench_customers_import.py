"""customers import: a CSV of 100,000 customers, uploaded, checked and taken in."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from uuid import UUID

from dotmac_core_ops.database import Database
from dotmac_core_ops.files import DiskFiles, keeping_files_in
from dotmac_customers.imports.columns import Mode
from dotmac_customers.imports.running.service import ImportPass
from dotmac_customers.imports.service import ImportService
from tests.performance.harness.measuring import Usage, alone
from tests.performance.harness.rows import Row, at_least, measured, require
from tests.performance.harness.stage import Stage
from tests.performance.harness.volume import new_tenant

CUSTOMERS = 100_000
TARGET = 3_000

_HEADER = (
    *("number", "name", "kind", "email", "phone", "tags"),
    *("line1", "postal_code", "city", "country"),
)
_GIVEN = ("Ana", "Bruno", "Carla", "Duarte", "Elisa", "Filipe", "Graça", "Hugo", "Inês", "João")
_FAMILY = ("Almeida", "Barros", "Castro", "Dias", "Esteves", "Ferreira", "Gomes", "Henriques")
_FOUND = """
SELECT (SELECT count(*) FROM customers.customers), (SELECT count(*) FROM customers.addresses),
       (SELECT count(*) FROM billing.customers),
       (SELECT count(*) FROM customers.imported_customers),
       (SELECT sum(refused) FROM customers.imports)
"""
_FLOOR = "CREATE TEMPORARY TABLE bare ({}) ON COMMIT DROP".format(
    ", ".join(f"{column} text" for column in _HEADER)
)


async def bench(stage: Stage) -> list[Row]:
    """The whole file into a new tenant; beside it the same file by a bare COPY."""
    count = stage.full(CUSTOMERS, 5_000)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "customers.csv"
        file.write_text(_table(count), encoding="utf-8")
        await stage.settle()
        floor = await alone(_copy, stage, file)
        used = await alone(_import, stage, file, count)
    row = measured("customers import", "upload, check and run of a CSV", "customers", count, [used])
    times = used.cpu / floor.cpu if floor.cpu else 0
    copied = f"{times:.0f} times the CPU of a bare COPY ({count / floor.seconds:,.0f}/s)"
    return [replace(row, ratio=copied).aimed(at_least(row.rate, TARGET))]


async def _import(stage: Stage, file: Path, count: int) -> Usage:
    with keeping_files_in(DiskFiles(file.parent / "files")), file.open("rb") as source:
        async with stage.database() as database:
            tenant_id = await new_tenant(database, "imports")
            with stage.usage() as used:
                await _taken_in(database, tenant_id, source)
        require(
            "customers, addresses, accounts, brought, refused",
            await stage.found(tenant_id, _FOUND),
            (*(count,) * 4, 0),
        )
    return used


async def _taken_in(database: Database, tenant_id: UUID, source: BinaryIO) -> None:
    async with database.transaction(tenant_id) as session:
        service = ImportService(session)
        about = await service.upload("customers.csv", source)
        await service.check(about.id, about.mapping, Mode.CREATE)
    work = ImportPass(database, tenant_id, about.id)
    await work.run(_nobody_waits)
    async with database.transaction(tenant_id) as session:
        await ImportService(session).start(about.id)
    await work.run(_nobody_waits)


async def _nobody_waits() -> None:
    """There is no lease to be extended."""


async def _copy(stage: Stage, file: Path) -> Usage:
    async with stage.database() as database:
        tenant_id = await new_tenant(database, "floor")
    with stage.usage() as used, file.open("rb") as source:
        async with stage.sql(tenant_id) as connection:
            await connection.execute(_FLOOR)
            await connection.copy_to_table("bare", source=source, format="csv", header=True)
    return used


def _table(count: int) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADER)
    for n in range(count):
        writer.writerow(
            (
                *(f"B-{n:06d}", f"{_GIVEN[n % 10]} {_FAMILY[n // 10 % 8]} {n}"),
                *("business" if n % 5 == 0 else "residential", f"customer{n}@example.com"),
                *(f"+351 21 {n:07d}", "fibre;vip" if n % 10 == 0 else ""),
                *(f"Rua Nova {n % 300}", f"{1000 + n % 8999}-001", "Lisboa", "PT"),
            )
        )
    return text.getvalue()
