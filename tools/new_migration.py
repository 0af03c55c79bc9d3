"""Write a package's next migration: what its models say and a migrated database does not yet.

Usage: new_migration.py PACKAGE MESSAGE
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import (
    CreateTableOp,
    DowngradeOps,
    MigrateOperation,
    ModifyTableOps,
    UpgradeOps,
)
from alembic.runtime.migration import MigrationContext
from sqlalchemy.ext.asyncio import create_async_engine

from dotmac_core_ops import database
from dotmac_core_ops.database import Schema, migrate, schemas
from dotmac_core_ops.embedded import EmbeddedServer

# Column types that have a name with us, by what SQLAlchemy calls them.
TYPES = {
    repr(getattr(database, name)): name
    for name in ("Instant", "Json", "MoneyAmount", "Quantity", "UnitPrice")
}
OURS = (
    *TYPES.values(),
    *("append_only", "create_schema", "drop_schema", "isolate_tenants", "tenant_columns"),
)

# How Alembic writes what `tenant_columns()` stands for.
TENANT_COLUMNS = re.compile(
    r"sa\.Column\('tenant_id', sa\.Uuid\(\), server_default=.*\n"
    r" *sa\.Column\('id', sa\.Uuid\(\), .*\n"
)
TENANT_KEY = re.compile(r" *sa\.PrimaryKeyConstraint\('tenant_id', 'id'.*\n")
# A name in full; only those of checks would be put together anew without `op.f`.
FULL_NAME = re.compile(r"op\.f\(('(?!ck_)[^']+')\)")

LATER = '''"""{message}."""

from __future__ import annotations

import sqlalchemy as sa
{imports}
revision = "{label}_{number:04}"
down_revision = "{label}_{previous:04}"
branch_labels = None
depends_on = None
'''

FIRST = '''"""{message}."""

from __future__ import annotations

import sqlalchemy as sa
{imports}
revision = "{label}_{number:04}"
down_revision = None
branch_labels = ("{label}",)
depends_on = "core_0001"
'''


@dataclass(frozen=True)
class Script:
    """The code of upgrade and of downgrade, and the functions that upgrade is made of."""

    up: str
    down: str
    functions: tuple[str, ...] = ()


def next_number(folder: Path, label: str) -> int:
    """One more than the highest numbered file; 1 in an empty folder."""
    numbers = [re.match(rf"{label}_(\d+)_", path.name) for path in folder.glob(f"{label}_*.py")]
    return max((int(number[1]) for number in numbers if number), default=0) + 1


def slug(message: str) -> str:
    """`Add due day!` as part of a file name: `add_due_day`."""
    return re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")


def schema_of(package: str) -> Schema:
    """The schema of `billing` or `dotmac_billing`.

    Raises:
        LookupError: no installed package has it.
    """
    known = {schema.label: schema for schema in schemas()}
    package = package.replace("-", "_")
    label = package.removeprefix("dotmac_")
    candidates = [schema for name, schema in known.items() if name == label]
    candidates += [schema for schema in known.values() if package in schema.migrations.parts]
    if not candidates:
        raise LookupError(f"No package {package!r}; there are: {', '.join(sorted(known))}.")
    return candidates[0]


def render(schema: Schema, number: int, message: str, script: Script) -> str:
    """The text of the file."""
    up, down = script.up, script.down
    if number == 1:
        up, down = f'create_schema("{schema.label}")\n    {up}', f'drop_schema("{schema.label}")'
    code = "".join([up, down, *script.functions])
    names = [name for name in OURS if re.search(rf"\b{name}\b", code)]
    imports = "from alembic import op\n"
    if "postgresql." in code:
        imports += "from sqlalchemy.dialects import postgresql\n"
    if names:
        imports += f"\nfrom dotmac_core_ops.database import {', '.join(sorted(names))}\n"
    head = (FIRST if number == 1 else LATER).format(
        message=message.strip(" .!?"),
        imports=imports,
        label=schema.label,
        number=number,
        previous=number - 1,
    )
    bodies = (("upgrade", up), ("downgrade", down))
    functions = (f"def {name}() -> None:\n    {body}\n" for name, body in bodies)
    return "\n\n".join([head, *functions, *script.functions])


async def difference(url: str, schema: Schema) -> Script | None:
    """Code of upgrade and downgrade from the database to the models; None where they agree."""
    await migrate(url)
    engine = create_async_engine(sa.make_url(url).set(drivername="postgresql+asyncpg"))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_compare, schema)
    finally:
        await engine.dispose()


def _compare(connection: sa.Connection, schema: Schema) -> Script | None:
    def is_ours(name: str | None, kind: str, _: object) -> bool:
        return kind != "schema" or name == schema.label

    context = MigrationContext.configure(
        connection,
        opts={"include_schemas": True, "include_name": is_ours, "compare_type": True},
    )
    script = produce_migrations(context, schema.metadata)
    if script.upgrade_ops is None or script.downgrade_ops is None or script.upgrade_ops.is_empty():
        return None
    steps = script.upgrade_ops.ops
    tables = [step for step in steps if isinstance(step, CreateTableOp)]
    isolated = [f'isolate_tenants("{table.schema}.{table.table_name}")' for table in tables]
    down = _code(script.downgrade_ops)
    if len(tables) <= 1:
        return Script("\n    ".join([_code(script.upgrade_ops), *isolated]), down)
    # A function for each table keeps them short.
    parts = {table.table_name: _steps_of(table, steps) for table in tables}
    made = {id(step) for part in parts.values() for step in part}
    others = [step for step in steps if id(step) not in made]
    calls = [f"_create_{name}()" for name in parts]
    rest = [_code(UpgradeOps(others))] if others else []
    functions = [
        f"def _create_{name}() -> None:\n    {_code(UpgradeOps(part))}\n"
        for name, part in parts.items()
    ]
    return Script("\n    ".join([*calls, *rest, *isolated]), down, tuple(functions))


def _steps_of(table: CreateTableOp, steps: Sequence[MigrateOperation]) -> list[MigrateOperation]:
    """Making the table, and its indexes."""
    key = (table.schema, table.table_name)
    more = (step for step in steps if isinstance(step, ModifyTableOps))
    return [table, *(step for step in more if (step.schema, step.table_name) == key)]


def _code(steps: UpgradeOps | DowngradeOps) -> str:
    def our_name(kind: str, item: object, _: object) -> str | Literal[False]:
        if isinstance(item, sa.Enum) and not item.native_enum:
            return f"sa.String({item.length})"  # its values are checked by the application
        return TYPES.get(repr(item), False) if kind == "type" else False

    code = render_python_code(steps, render_item=our_name)
    # Alembic's own comments, and an option that says nothing.
    code = re.sub(r"^ *# ###.*\n?", "", code, flags=re.MULTILINE)
    for written, ours in ((TENANT_COLUMNS, "*tenant_columns(),\n"), (TENANT_KEY, "")):
        code = written.sub(ours, code)
    code = FULL_NAME.sub(r"\1", code)
    return code.replace(", postgresql_where=None", "").strip()


def main() -> int:
    """Write the file and name it."""
    package, message = [*sys.argv[1:], "", ""][:2]
    if not package or not slug(message):
        print('Say which and what: make migration PACKAGE=billing MESSAGE="add due day"')
        return 2
    try:
        schema = schema_of(package)
    except LookupError as error:
        print(error.args[0])
        return 2
    with (
        tempfile.TemporaryDirectory(prefix="dotmac-migration-") as home,
        EmbeddedServer(Path(home), for_tests=True) as handle,
    ):
        script = asyncio.run(difference(handle.url, schema))
    if script is None:
        print(f"Nothing to do: the database and the models of {schema.label} agree.")
        return 0
    number = next_number(schema.migrations, schema.label)
    path = schema.migrations / f"{schema.label}_{number:04}_{slug(message)}.py"
    schema.migrations.mkdir(exist_ok=True)
    path.write_text(render(schema, number, message, script), "utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "format", "--quiet", path], check=False)
    subprocess.run([*ruff, "check", "--quiet", "--fix", path], check=False)
    print(f"{path}\nRead it before you commit it: what must stand needs append_only(…).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
