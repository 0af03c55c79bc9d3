"""The public file of 7,043 real subscribers, and what six years of their bills come to."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from dotmac_billing import open_billing
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.tenants import register_tenant
from dotmac_platform.imports import ImportResult, SubscriberImport, load_mapping
from tests.performance.harness.rows import Skipped, require
from tests.performance.harness.stage import ROOT

FILE = Path(
    os.environ.get("TELCO_CSV")
    or ROOT.parent / "shared" / "data" / "telco" / "telco-customer-churn.csv"
)
AS_OF = date(2026, 11, 1)
THROUGH = date(2026, 10, 31)

_NONE = Decimal(0)


@dataclass(frozen=True)
class Expected:
    """What the file says, counted by other means than the product's.

    Each subscriber has a bill for each month of tenure, and what is paid is written there.
    """

    subscribers: int
    monthly: Decimal
    paid: Decimal
    invoices: int
    billed: Decimal


WHOLE = Expected(
    subscribers=7_043,
    monthly=Decimal("316985.75"),
    paid=Decimal("16056168.70"),
    invoices=227_990,
    billed=Decimal("16055091.45"),
)


def require_file() -> Path:
    """The file.

    Raises:
        Skipped: it is not here.
    """
    if not FILE.exists():
        raise Skipped("TELCO_CSV does not name the telco data set")
    return FILE


def every(nth: int, folder: Path) -> Path:
    """A file of every nth subscriber."""
    lines = require_file().read_text(encoding="utf-8").splitlines()
    part = folder / f"every-{nth}.csv"
    part.write_text("\n".join([lines[0], *lines[1::nth]]) + "\n", encoding="utf-8")
    return part


def expected(path: Path) -> Expected:
    """What must come of importing and billing the subscribers in the file at `path`."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    tenure = [int(row["tenure"]) for row in rows]
    monthly = [Decimal(row["MonthlyCharges"]) for row in rows]
    pairs = zip(monthly, rows, strict=True)
    paid = (row["TotalCharges"].strip() for row in rows)
    counted = Expected(
        subscribers=len(rows),
        monthly=sum((m for m, row in pairs if row["Churn"] == "No"), _NONE),
        paid=sum((Decimal(amount) for amount in paid if amount), _NONE),
        invoices=sum(tenure),
        billed=sum((m * t for m, t in zip(monthly, tenure, strict=True)), _NONE),
    )
    if path == FILE:
        require("what the file says", counted, WHOLE)
    return counted


async def new_tenant(database: Database, name: str = "telco") -> UUID:
    """A tenant that bills in US dollars."""
    tenant_id = new_id()
    async with database.transaction(tenant_id) as session:
        await register_tenant(session, f"{name}-{str(tenant_id)[-12:]}")
        await open_billing(session, currency="USD", time_zone="America/Chicago", country="US")
    return tenant_id


async def import_subscribers(database: Database, tenant_id: UUID, path: Path) -> ImportResult:
    """What `dotmac import subscribers` does."""
    job = SubscriberImport(
        database, tenant_id, load_mapping(ROOT / "examples" / "telco.toml"), as_of=AS_OF
    )
    with TemporaryDirectory() as folder:
        return await job.run(path, rejects=Path(folder) / "rejects.csv")
