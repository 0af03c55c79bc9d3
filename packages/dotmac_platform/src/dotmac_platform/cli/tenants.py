"""`dotmac tenant move/export/erase/tiers`: what the operator does with tenants as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dotmac_core_ops.database import Database
from dotmac_core_ops.files import file_store
from dotmac_core_ops.tenant_state import TenantState
from dotmac_core_ops.tenants import (
    ListedTenant,
    NoOperatorError,
    operator_tenant,
    tenant_by_slug,
)
from dotmac_identity import (
    MoveReason,
    TenantExportService,
    TenantLifeService,
    make_export,
    order_erasure,
)
from dotmac_platform.cli.running import (
    JsonOption,
    YesOption,
    confirm,
    print_facts,
    print_json,
    run,
)
from dotmac_platform.runtime import Runtime
from dotmac_platform.samples.tiers import publish_tiers

Slug = Annotated[str, typer.Argument(help="Short name of the tenant.")]


def add_to(app: typer.Typer) -> None:
    """Put the commands beside those that make and list tenants."""
    for name, command in (
        *(("move", move_tenant), ("export", export_tenant)),
        *(("erase", erase_tenant), ("tiers", publish_founding_tiers)),
    ):
        app.command(name=name)(command)


def move_tenant(
    slug: Slug,
    state: Annotated[TenantState, typer.Argument(help="Where it is to stand.")],
    reason: Annotated[MoveReason, typer.Option(help="Why; it must fit the move.")],
    note: Annotated[str, typer.Option(help="What is kept beside it, and its owners read.")] = "",
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Bring a tenant into another state: suspend it, open it again, close it.

    Example: `dotmac tenant move acme suspended --reason abuse --note "Spam, ticket 812"`
    """
    confirm(f"Move {slug} to {state.value}?", yes=yes)

    async def work(runtime: Runtime) -> dict[str, object]:
        tenant = await tenant_by_slug(runtime.database, slug, even_closed=True)
        async with runtime.database.transaction(tenant.id) as session:
            standing = await TenantLifeService.within(session).move(state, reason, note)
        return {"slug": slug, "state": standing.state.value, "reason": standing.reason}

    _tell(run(work), as_json=as_json)


def export_tenant(
    slug: Slug,
    to: Annotated[Path, typer.Option(help="The zip to write; a new file.")],
    as_json: JsonOption = False,
) -> None:
    """Write everything a tenant has into a zip: NDJSON for each table, all files, a manifest.

    Example: `dotmac tenant export acme --to acme.zip`
    """
    if to.exists():
        raise typer.BadParameter(f"{to} is there already; name a new file.")

    async def work(runtime: Runtime) -> dict[str, object]:
        tenant = await tenant_by_slug(runtime.database, slug, even_closed=True)
        size = await _write_export(runtime.database, tenant, to)
        return {"slug": slug, "file": str(to), "bytes": size}

    _tell(run(work), as_json=as_json)


def erase_tenant(
    slug: Slug,
    confirmation: Annotated[
        str, typer.Option("--confirm", help="`erase <short name>`, word by word.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Have a closed tenant erased for good by the worker, once nobody can open it again.

    Example: `dotmac tenant erase acme --confirm "erase acme"`
    """

    async def work(runtime: Runtime) -> dict[str, object]:
        database = runtime.database
        operator = await _operator(database)
        tenant = await tenant_by_slug(database, slug, even_closed=True)
        async with (
            database.transaction(operator.id) as ours,
            database.transaction(tenant.id) as theirs,
        ):
            job_id = await order_erasure(ours, theirs, tenant.id, confirmation)
        return {"slug": slug, "job": str(job_id)}

    _tell(run(work), as_json=as_json)


def publish_founding_tiers(as_json: JsonOption = False) -> None:
    """Publish the tiers that tenants subscribe to in the catalogue of the operator; repeatable.

    Example: `dotmac tenant tiers`
    """

    async def work(runtime: Runtime) -> dict[str, object]:
        operator = await _operator(runtime.database)
        async with runtime.database.transaction(operator.id) as session:
            return {"operator": operator.slug, "changes": await publish_tiers(session)}

    _tell(run(work), as_json=as_json)


async def _operator(database: Database) -> ListedTenant:
    operator = await operator_tenant(database)
    if operator is None:
        raise NoOperatorError
    return operator


async def _write_export(database: Database, tenant: ListedTenant, to: Path) -> int:
    async with database.transaction(tenant.id) as session:
        export = await TenantExportService.within(session).request()
    # Not left to the worker, which may not run; it finds the export made.
    store = file_store()
    await make_export(database, store, tenant.id, export.id)
    async with database.transaction(tenant.id) as session:
        stored = await TenantExportService.within(session).file_of(export.id)
    with to.open("xb") as file:
        async for chunk in store.open(tenant.id, stored.id, sha256=stored.sha256):
            file.write(chunk)
    return stored.size


def _tell(facts: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print_json(facts)
    else:
        print_facts(facts)
