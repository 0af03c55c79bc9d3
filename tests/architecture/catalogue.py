"""What PostgreSQL's own catalogue says about the migrated tables."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

TABLES = """
SELECT c.oid::int, n.nspname || '.' || c.relname AS name, c.relrowsecurity AS enabled,
       c.relforcerowsecurity AS forced, c.relispartition AS is_partition,
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id'
               AND NOT a.attisdropped) AS has_tenant,
       EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'append_only')
         AS append_only
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema$)'
ORDER BY name
"""

POLICIES = """
SELECT p.polname AS name, p.polcmd::text AS command, p.polpermissive AS permissive,
       ARRAY(SELECT CASE r WHEN 0 THEN 'public' ELSE r::regrole::text END
             FROM unnest(p.polroles) r) AS roles,
       pg_get_expr(p.polqual, p.polrelid) AS using,
       pg_get_expr(p.polwithcheck, p.polrelid) AS check
FROM pg_policy p WHERE p.polrelid = $1::int::oid ORDER BY p.polname
"""

INDEXES = """
SELECT i.indexrelid::regclass::text AS name, i.indisprimary AS primary,
       i.indisunique AS is_unique,
       ARRAY(SELECT COALESCE(a.attname, '<expression>')
             FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(number, place)
             LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
               AND k.number > 0
             ORDER BY place) AS columns
FROM pg_index i WHERE i.indrelid = $1::int::oid ORDER BY name
"""

FOREIGN_KEYS = """
SELECT c.conname AS name, c.confrelid::regclass::text AS target,
       (SELECT nspname FROM pg_namespace n JOIN pg_class t ON t.relnamespace = n.oid
        WHERE t.oid = c.conrelid) AS schema,
       (SELECT nspname FROM pg_namespace n JOIN pg_class t ON t.relnamespace = n.oid
        WHERE t.oid = c.confrelid) AS target_schema,
       ARRAY(SELECT a.attname FROM unnest(c.conkey) WITH ORDINALITY k(number, place)
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number
             ORDER BY place) AS columns,
       ARRAY(SELECT a.attname FROM unnest(c.confkey) WITH ORDINALITY k(number, place)
             JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number
             ORDER BY place) AS target_columns
FROM pg_constraint c WHERE c.contype = 'f' AND c.conrelid = $1::int::oid AND c.conparentid = 0
ORDER BY name
"""

GRANTS = """
SELECT a.grantee::regrole::text AS role, array_agg(a.privilege_type ORDER BY 1) AS rights
FROM pg_class c, aclexplode(c.relacl) a
WHERE c.oid = $1::int::oid AND a.grantee <> 0 AND a.grantee <> c.relowner GROUP BY 1
"""


@dataclass(frozen=True)
class Table:
    """One table with all that decides who may see which of its rows."""

    name: str
    enabled: bool
    forced: bool
    is_partition: bool
    has_tenant: bool
    append_only: bool
    policies: list[asyncpg.Record]
    indexes: list[asyncpg.Record]
    foreign_keys: list[asyncpg.Record]
    grants: dict[str, set[str]]


async def tables(connection: asyncpg.Connection) -> list[Table]:
    """Every table of the database that is not PostgreSQL's own, by name."""
    return [
        Table(
            name=row["name"],
            enabled=row["enabled"],
            forced=row["forced"],
            is_partition=row["is_partition"],
            has_tenant=row["has_tenant"],
            append_only=row["append_only"],
            policies=await connection.fetch(POLICIES, row["oid"]),
            indexes=await connection.fetch(INDEXES, row["oid"]),
            foreign_keys=await connection.fetch(FOREIGN_KEYS, row["oid"]),
            grants={
                grant["role"]: set(grant["rights"])
                for grant in await connection.fetch(GRANTS, row["oid"])
            },
        )
        for row in await connection.fetch(TABLES)
    ]
