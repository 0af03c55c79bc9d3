"""Write a package's next migration: what its models say and a migrated database does not yet.

Usage: new_migration.py PACKAGE MESSAGE
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import CreateTableOp, DowngradeOps, MigrateOperation, UpgradeOps
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
OURS = (*TYPES.values(), "create_schema", "drop_schema", "isolate_tenants")

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


def render(schema: Schema, number: int, message: str, script: tuple[str, str]) -> str:
    """The text of the file; `script` is the code of upgrade and of downgrade."""
    up, down = script
    if number == 1:
        up, down = f'create_schema("{schema.label}")\n    {up}', f'drop_schema("{schema.label}")'
    code = up + down
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
    return "\n\n".join([head, *functions])


async def difference(url: str, schema: Schema) -> tuple[str, str] | None:
    """Code of upgrade and downgrade from the database to the models; None where they agree."""
    await migrate(url)
    engine = create_async_engine(sa.make_url(url).set(drivername="postgresql+asyncpg"))
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_compare, schema)
    finally:
        await engine.dispose()


def _compare(connection: sa.Connection, schema: Schema) -> tuple[str, str] | None:
    def is_ours(name: str | None, kind: str, _: object) -> bool:
        return kind != "schema" or name == schema.label

    context = MigrationContext.configure(
        connection,
        opts={"include_schemas": True, "include_name": is_ours, "compare_type": True},
    )
    script = produce_migrations(context, schema.metadata)
    if script.upgrade_ops is None or script.downgrade_ops is None or script.upgrade_ops.is_empty():
        return None
    isolated = [_isolate(step) for step in script.upgrade_ops.ops if _creates(step)]
    up = "\n    ".join([_code(script.upgrade_ops), *isolated])
    return up, _code(script.downgrade_ops)


def _code(steps: UpgradeOps | DowngradeOps) -> str:
    def our_name(kind: str, item: object, _: object) -> str | Literal[False]:
        return TYPES.get(repr(item), False) if kind == "type" else False

    code = render_python_code(steps, render_item=our_name)
    # Alembic's own comments, and an option that says nothing.
    code = re.sub(r"^ *# ###.*\n?", "", code, flags=re.MULTILINE)
    return code.replace(", postgresql_where=None", "").strip()


def _creates(step: MigrateOperation) -> bool:
    return isinstance(step, CreateTableOp)


def _isolate(step: MigrateOperation) -> str:
    table = f"{step.schema}.{step.table_name}" if isinstance(step, CreateTableOp) else ""
    return f'isolate_tenants("{table}")'


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
