"""A bill run in small chunks, to be killed: says a line when it begins and after every chunk."""

import asyncio
import sys
from datetime import date
from uuid import UUID

from dotmac_billing import RunProgress, run_billing
from dotmac_core_ops.database import Database


def say(_: RunProgress | None) -> None:
    """Tell whoever is about to kill this process that a chunk is done."""
    sys.stdout.write("chunk\n")
    sys.stdout.flush()


async def main(url: str, tenant_id: str, through: str) -> None:
    """Bill the tenant."""
    database = Database(url)
    say(None)
    await run_billing(
        database,
        UUID(tenant_id),
        date.fromisoformat(through),
        chunk_size=15,
        on_progress=say,
    )
    await database.close()


asyncio.run(main(*sys.argv[1:]))
