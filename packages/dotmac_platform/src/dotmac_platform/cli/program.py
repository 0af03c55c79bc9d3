"""The program: its commands, and how every refusal of theirs is told.

Exit codes: 0 done; 1 refused (the reason is on standard error, with its code); 2 wrong usage or
configuration; 3 a check found something; 130 interrupted.
"""

from __future__ import annotations

import json
import sys

import typer

from dotmac_core_ops.embedded import EmbeddedServerError
from dotmac_core_ops.errors import DomainError
from dotmac_core_ops.settings import SettingsError
from dotmac_platform.cli import (
    audit,
    billing,
    catalog,
    clock,
    customers,
    database,
    events,
    importing,
    invoice,
    ledger,
    messages,
    people,
    report,
    serving,
    tax,
    tenants,
    usage,
)

EXIT_REFUSED = 1
EXIT_USAGE = 2

app = typer.Typer(
    name="dotmac",
    help="DotMac: run, fill and look after an installation.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
serving.add_to(app)
app.add_typer(database.app, name="db")
tenants.add_to(people.tenants)
app.add_typer(people.tenants, name="tenant")
app.add_typer(people.users, name="user")
app.add_typer(importing.app, name="import")
app.add_typer(customers.app, name="customers")
app.add_typer(usage.app, name="usage")
billing.add_to(app)
app.add_typer(catalog.app, name="catalog")
app.add_typer(tax.app, name="tax")
app.add_typer(invoice.app, name="invoice")
app.add_typer(ledger.app, name="ledger")
app.add_typer(clock.app, name="clock")
app.add_typer(report.app, name="report")
app.add_typer(events.app, name="events")
app.add_typer(audit.app, name="audit")
app.add_typer(messages.app, name="messages")


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        # Typer tells wrong usage itself and leaves with 2, or with what a command asked for.
        app()
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(EXIT_USAGE)
    except (DomainError, EmbeddedServerError) as error:
        _tell(error)
        sys.exit(EXIT_REFUSED)


def _tell(error: DomainError | EmbeddedServerError) -> None:
    if isinstance(error, EmbeddedServerError):
        print(f"dotmac: {error}", file=sys.stderr)
    elif "--json" in sys.argv:
        body = {"code": error.code, "message": error.message, "details": error.details}
        print(json.dumps({"error": body}, default=str), file=sys.stderr)
    else:
        print(f"dotmac: {error.message} [{error.code}]", file=sys.stderr)
