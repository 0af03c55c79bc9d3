"""`dotmac tenant` and `dotmac user`: who works here."""

from __future__ import annotations

import secrets
import sys
from typing import Annotated

import typer

from dotmac_core_ops.database import new_id
from dotmac_core_ops.tenants import active_tenants
from dotmac_identity import (
    SYSTEM_ROLES,
    FirstOwner,
    TenantKind,
    TenantService,
    UserAccount,
    UserService,
)
from dotmac_platform.cli.running import (
    JsonOption,
    TenantOption,
    console,
    print_json,
    print_table,
    run,
)
from dotmac_platform.runtime import Runtime

tenants = typer.Typer(help="Tenants: the organisations on this installation.", no_args_is_help=True)
users = typer.Typer(help="Users of a tenant.", no_args_is_help=True)

PasswordOption = Annotated[
    str | None,
    typer.Option(
        "--password",
        envvar="DOTMAC_PASSWORD",
        help="Better from DOTMAC_PASSWORD than from the command line; made up when not given.",
    ),
]


@tenants.command(name="create")
def create_tenant(
    slug: Annotated[str, typer.Argument(help="Short name: a-z, 0-9 and hyphens.")],
    name: Annotated[str, typer.Option(help="Full name.")],
    owner: Annotated[str, typer.Option(metavar="EMAIL", help="First user, with all rights.")],
    currency: Annotated[str, typer.Option(help="ISO 4217 code.")] = "EUR",
    time_zone: Annotated[str, typer.Option(help="IANA name.")] = "UTC",
    country: Annotated[str, typer.Option(help="ISO 3166 code.")] = "IE",
    kind: Annotated[TenantKind, typer.Option(help="What it does.")] = TenantKind.ISP,
    is_test: Annotated[
        bool, typer.Option("--test", help="For trying out: it can have a test clock.")
    ] = False,
    password: PasswordOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a tenant with its first owner.

    Example: `dotmac tenant create acme --name "Acme Net" --owner ada@acme.example`
    """
    chosen = password or _made_up()

    async def work(runtime: Runtime) -> dict[str, str]:
        async with runtime.database.transaction(new_id()) as session:
            tenant = await TenantService.within(session).create(
                slug=slug,
                name=name,
                currency=currency,
                time_zone=time_zone,
                country=country,
                kind=kind,
                owner=FirstOwner(owner, owner, chosen),
                is_test=is_test,
            )
        return {"id": str(tenant.id), "slug": tenant.slug, "owner": owner}

    made = run(work)
    if password is None:
        made["password"] = chosen
    _tell(made, as_json=as_json)


@tenants.command(name="list")
def list_tenants(as_json: JsonOption = False) -> None:
    """List the active tenants.

    Example: `dotmac tenant list --json`
    """

    async def work(runtime: Runtime) -> list[dict[str, str]]:
        return [
            {"slug": tenant.slug, "id": str(tenant.id)}
            for tenant in await active_tenants(runtime.database)
        ]

    found = run(work)
    if as_json:
        print_json(found)
    else:
        print_table(("Short name", "Id"), [(row["slug"], row["id"]) for row in found])


@users.command(name="create")
def create_user(
    email: Annotated[str, typer.Argument(help="E-mail address to sign in with.")],
    name: Annotated[str, typer.Option(help="Full name.")],
    role: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(SYSTEM_ROLES)}; may be repeated.")
    ] = None,
    password: PasswordOption = None,
    tenant: TenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a user.

    Example: `dotmac user create bob@acme.example --name Bob --role billing --tenant acme`
    """
    chosen = password or _made_up()

    async def work(runtime: Runtime) -> dict[str, str]:
        async with runtime.database.transaction(await runtime.tenant(tenant)) as session:
            user = await UserService.within(session).create(
                email=email, name=name, password=chosen, roles=role or ["viewer"]
            )
        return {"id": str(user.id), "email": user.email}

    made = run(work)
    if password is None:
        made["password"] = chosen
    _tell(made, as_json=as_json)


@users.command(name="list")
def list_users(tenant: TenantOption = None, as_json: JsonOption = False) -> None:
    """List the users of a tenant.

    Example: `dotmac user list --tenant acme`
    """

    async def work(runtime: Runtime) -> list[UserAccount]:
        async with runtime.database.transaction(await runtime.tenant(tenant)) as session:
            found, _ = await UserService.within(session).page(limit=200, offset=0)
        return found

    found = run(work)
    if as_json:
        print_json([_fields(user) for user in found])
        return
    print_table(
        ("E-mail", "Name", "Roles", "Active"),
        [
            (user.email, user.name, ", ".join(user.roles), "yes" if user.is_active else "no")
            for user in found
        ],
    )


def _fields(user: UserAccount) -> dict[str, object]:
    return {
        "email": user.email,
        "name": user.name,
        "roles": list(user.roles),
        "active": user.is_active,
    }


def _made_up() -> str:
    return secrets.token_urlsafe(12)


def _tell(made: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        print_json(made)
        return
    for key, value in made.items():
        console.print(f"{key}: {value}", markup=False, highlight=False)
    if "password" in made:
        print("This password is shown once.", file=sys.stderr)
