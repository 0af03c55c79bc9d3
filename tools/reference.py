"""Write docs/reference and .env.example from the code, or check that they are current.

Usage: reference.py --write | --check
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from dotmac_core_events import Event, registered_events
from dotmac_core_ops.errors import error_catalogue
from dotmac_core_ops.settings import env_example, settings_reference
from dotmac_identity import SYSTEM_ROLES, RoleCatalogue
from dotmac_platform.application import openapi_document
from dotmac_platform.cli.program import app
from dotmac_platform.modules import MODULES

ROOT = Path(__file__).parents[1]
NOTICE = "<!-- Written by `make docs`; change the code instead. -->\n"

# Loaded by Alembic and by pytest, not by import.
NOT_IMPORTED = {"__main__", "alembic_env", "migrations", "testing"}


def import_everything() -> None:
    """Import every module of every package, so that what they define is known."""
    for folder in sorted(ROOT.glob("packages/*/src/*")):
        if (folder / "__init__.py").exists():
            package = importlib.import_module(folder.name)
            _import_below(package)


def _import_below(package: types.ModuleType) -> None:
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if found.name.rpartition(".")[2] in NOT_IMPORTED:
            continue
        module = importlib.import_module(found.name)
        if found.ispkg:
            _import_below(module)


def errors_page() -> str:
    """Every refusal: code, status, meaning, package."""
    rows = [
        f"| `{entry.code}` | {entry.status} | {one_line(entry.meaning)} | {entry.module} |"
        for entry in error_catalogue()
    ]
    head = (
        "# Error codes\n\n"
        'An error answers `{"error": {"code", "message", "details"}}`. Branch on the code; the\n'
        "message is for people and may change.\n\n"
        "| Code | Status | Meaning | Package |\n|---|---|---|---|\n"
    )
    return "\n".join([head + rows[0], *rows[1:]]) + "\n"


def events_page() -> str:
    """Every event with its fields."""
    sections = [event_section(kind) for kind in registered_events().values()]
    head = (
        "# Events\n\n"
        "Facts, announced in the transaction that made them true. They change by added fields\n"
        "only, so a reader passes over what it does not know.\n"
    )
    return "\n".join([head, *sections])


def event_section(kind: type[Event]) -> str:
    """One event: what happened, and what it says about it."""
    rows = [
        f"| `{name}` | `{type_name(field.annotation)}` |"
        for name, field in kind.model_fields.items()
    ]
    table = ["", "| Field | Type |", "|---|---|", *rows] if rows else []
    return "\n".join([f"## `{kind.name}`", "", inspect.getdoc(kind) or "", *table, ""])


def type_name(annotation: object) -> str:
    """`UUID`, `str | None`: as one would write it."""
    name = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    for prefix in ("datetime.", "decimal.", "uuid.", "typing.", "collections.abc."):
        name = name.replace(prefix, "")
    return name.replace("|", "\\|")


def permissions_page() -> str:
    """Every permission that a role or an API key can hold."""
    rows = [
        f"| `{permission.name}` | {permission.description} | {module.name} |"
        for module in MODULES
        for permission in module.permissions
    ]
    head = "# Permissions\n\n| Permission | Allows | Module |\n|---|---|---|\n"
    return head + "\n".join(sorted(rows)) + "\n"


def access_page() -> str:
    """Which system role enters at which route."""
    catalogue = RoleCatalogue.of(
        permission for module in MODULES for permission in module.permissions
    )
    granted = {role: catalogue.granted([role]) for role in SYSTEM_ROLES}
    rows = []
    for path, operations in openapi_document()["paths"].items():
        for method, operation in operations.items():
            permission = operation.get("x-permission")
            if permission is None or permission.startswith("portal:"):
                continue  # for everybody who is signed in, for nobody of the staff, or public
            marks = ["x" if {permission, "*"} & granted[role] else "" for role in SYSTEM_ROLES]
            rows.append(f"| `{method.upper()} {path}` | `{permission}` | {' | '.join(marks)} |")
    head = (
        "# Who enters where\n\n"
        "Every route that asks staff for a permission, and the system roles that hold it. A test\n"
        "knocks at each of these doors as each of these roles.\n\n"
        f"| Route | Permission | {' | '.join(SYSTEM_ROLES)} |\n"
        f"|---|---|{'---|' * len(SYSTEM_ROLES)}\n"
    )
    return head + "\n".join(rows) + "\n"


def cli_page() -> str:
    """Every command with its arguments and options."""
    head = (
        "# Command line\n\n"
        "Exit codes: 0 done; 1 refused, with the reason and its code on standard error; 2 wrong\n"
        "usage or configuration; 3 a check found something; 130 interrupted.\n"
    )
    return "\n".join([head, *command_sections(typer.main.get_command(app), "dotmac")])


def command_sections(command: object, path: str) -> Iterator[str]:
    """A section for every command below, in the order of the help."""
    if isinstance(command, TyperGroup):
        for name, below in command.commands.items():
            yield from command_sections(below, f"{path} {name}")
    elif isinstance(command, TyperCommand) and not command.hidden:
        arguments = [p for p in command.params if isinstance(p, TyperArgument)]
        options = [p for p in command.params if isinstance(p, TyperOption) and not p.hidden]
        usage = " ".join([path, *(argument_usage(argument) for argument in arguments)])
        rows = [option_row(option) for option in options]
        table = ["| Option | |", "|---|---|", *rows, ""] if rows else []
        yield "\n".join([f"## `{usage}`", "", inspect.cleandoc(command.help or ""), "", *table])


def argument_usage(argument: TyperArgument) -> str:
    """`FILE`, or `[FILE]` where it may be left out."""
    name = (argument.name or "").upper()
    return name if argument.required else f"[{name}]"


def option_row(option: TyperOption) -> str:
    """The names of an option and its help."""
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    return f"| {names} | {one_line(option.help or '')} |"


def one_line(text: str) -> str:
    """The first paragraph on one line, safe in a table."""
    return " ".join(text.partition("\n\n")[0].split()).replace("|", "\\|")


def pages() -> dict[Path, str]:
    """Path → text of every generated file."""
    import_everything()
    folder = ROOT / "docs" / "reference"
    return {
        ROOT / ".env.example": env_example(),
        folder / "settings.md": NOTICE + settings_reference(),
        folder / "errors.md": NOTICE + errors_page(),
        folder / "events.md": NOTICE + events_page(),
        folder / "permissions.md": NOTICE + permissions_page(),
        folder / "access.md": NOTICE + access_page(),
        folder / "cli.md": NOTICE + cli_page(),
    }


def stale() -> list[Path]:
    """Generated files that are missing or do not say what the code says."""
    return [
        path
        for path, text in pages().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]


def main() -> int:
    """Write, or name what is not current."""
    if sys.argv[1:] == ["--write"]:
        for path, text in pages().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return 0
    if sys.argv[1:] != ["--check"]:
        print(__doc__)
        return 2
    for path in (outdated := stale()):
        print(f"{path.relative_to(ROOT)} is not what the code says; run `make docs`.")
    return 1 if outdated else 0


if __name__ == "__main__":
    sys.exit(main())
