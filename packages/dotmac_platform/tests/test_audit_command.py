"""`dotmac audit verify` as the one who runs an installation uses it."""

from __future__ import annotations

import asyncio
import json

import asyncpg

from dotmac_core_ops.audit import AuditRow, record_many, seal
from dotmac_core_ops.database import Database
from dotmac_core_ops.testing import Tenant

from .shell import Shell


async def test_the_log_is_proven_and_the_first_entry_that_was_altered_is_named(
    dotmac: Shell, database: Database, database_url: str, tenant: Tenant
) -> None:
    async with database.transaction(tenant.id) as session:
        await record_many(session, [AuditRow("a", ("thing", str(n))) for n in range(4)])
    async with asyncio.timeout(20):
        count = 4
        while count:
            async with database.transaction(tenant.id) as session:
                count -= await seal(session)
    who = ("--tenant", tenant.slug)
    whole = dotmac("audit", "verify", *who, "--json")
    noted = json.loads(whole.stdout)["seal"]
    connection = await asyncpg.connect(database_url)
    async with connection.transaction():
        await connection.execute("SET LOCAL ROLE dotmac_owner")
        await connection.execute(f"SET LOCAL app.tenant_id = '{tenant.id}'")
        await connection.execute("ALTER TABLE core.audit_log DISABLE TRIGGER append_only")
        victim = await connection.fetchval(
            "UPDATE core.audit_log SET actor = 'nobody' WHERE target_id = '2' RETURNING id::text"
        )
        await connection.execute("ALTER TABLE core.audit_log ENABLE TRIGGER append_only")
    await connection.close()

    broken = dotmac("audit", "verify", *who, "--seal", noted)
    forged = dotmac("audit", "verify", *who, "--seal", "nonsense")

    assert (whole.returncode, json.loads(whole.stdout)["problems"]) == (0, []), whole.stderr
    assert broken.returncode == 3, broken.stderr
    assert victim in broken.stdout.replace("\n", "")
    assert forged.returncode == 2
