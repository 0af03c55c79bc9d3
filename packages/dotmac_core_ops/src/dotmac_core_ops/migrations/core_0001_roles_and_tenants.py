"""Roles, the tenant of a transaction, the list of tenants.

The login that runs this needs CREATEROLE and must own the database; it needs neither superuser nor
BYPASSRLS.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from dotmac_core_ops.database.migration import APP, OWNER, RELAY, create_schema
from dotmac_core_ops.database.types import Instant

revision = "core_0001"
down_revision = None
branch_labels = ("core",)
depends_on = None

# Roles belong to the whole server: another database on it may have made them already, perhaps at
# this very moment.
_CREATE_ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN
    CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""

_GRANT_ROLE = """
DO $$ BEGIN
  IF NOT pg_has_role(current_user, '{role}', 'SET') THEN
    EXECUTE format('GRANT {role} TO %I', current_user);
  END IF;
END $$
"""

_GRANT_ROLE_15 = _GRANT_ROLE.replace("'SET'", "'MEMBER'")

_DROP_ROLE = """
DO $$ BEGIN
  DROP ROLE {role};
EXCEPTION WHEN dependent_objects_still_exist THEN NULL; -- another database still uses it
END $$
"""


def upgrade() -> None:
    version = int(op.get_bind().execute(sa.text("SHOW server_version_num")).scalar_one())
    grant = _GRANT_ROLE if version >= 160000 else _GRANT_ROLE_15  # noqa: PLR2004 (SET option: 16)
    for role in (OWNER, APP, RELAY):
        op.execute(_CREATE_ROLE.format(role=role))
        op.execute(grant.format(role=role))
    op.execute(
        "DO $$ BEGIN EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO "
        f"{OWNER}', current_database()); "
        f"EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO {APP}', current_database()); END $$"
    )
    op.execute(f"GRANT ALL ON SCHEMA public TO {OWNER}")
    op.execute(f"ALTER TABLE alembic_version OWNER TO {OWNER}")
    op.execute(f"SET ROLE {OWNER}")

    create_schema("core")
    op.execute(
        "CREATE FUNCTION core.current_tenant() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS "
        "$$ SELECT NULLIF(current_setting('app.tenant_id', true), '')::uuid $$"
    )
    op.execute(
        "CREATE FUNCTION core.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '%.% is append-only', TG_TABLE_SCHEMA, TG_TABLE_NAME "
        "USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.UniqueConstraint("slug"),
        schema="core",
    )
    own = "id = (SELECT core.current_tenant())"
    op.execute("ALTER TABLE core.tenants ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE core.tenants FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant_isolation ON core.tenants USING ({own}) WITH CHECK ({own})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON core.tenants TO {APP}")
    op.execute(f"CREATE POLICY relay_access ON core.tenants FOR SELECT TO {RELAY} USING (true)")
    op.execute(f"GRANT SELECT ON core.tenants TO {RELAY}")
    op.execute(f"GRANT SELECT ON alembic_version TO {APP}, {RELAY}")


def downgrade() -> None:
    op.execute("DROP SCHEMA core CASCADE")
    op.execute("RESET ROLE")
    op.execute(
        "DO $$ BEGIN "
        "EXECUTE format('ALTER TABLE alembic_version OWNER TO %I', current_user); END $$"
    )
    for role in (APP, RELAY, OWNER):
        op.execute(
            "DO $$ BEGIN EXECUTE format('REVOKE ALL ON DATABASE %I FROM "
            f"{role}', current_database()); END $$"
        )
        op.execute(f"REVOKE ALL ON SCHEMA public FROM {role}")
        op.execute(f"REVOKE ALL ON alembic_version FROM {role}")
        op.execute(_DROP_ROLE.format(role=role))
