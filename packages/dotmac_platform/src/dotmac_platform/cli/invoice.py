"""`dotmac invoice`: documents of invoices as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dotmac_billing import DocumentForm, MadeDocument, invoice_document
from dotmac_platform.cli.running import TenantOption, notes, run
from dotmac_platform.runtime import Runtime

app = typer.Typer(help="Invoices as files.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `pdf` a command of its own while it is the only one."""


@app.command()
def pdf(
    number: Annotated[str, typer.Argument(help="The invoice's number.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Default: the number, in this folder.")
    ] = None,
    form: Annotated[
        DocumentForm, typer.Option("--form", "-f", help="Which form of the document.")
    ] = DocumentForm.PDF,
    template: Annotated[str | None, typer.Option(help="Default: the tenant's default.")] = None,
    locale: Annotated[str | None, typer.Option(help="Such as de_DE.")] = None,
    tenant: TenantOption = None,
) -> None:
    """Write an issued invoice to a file: as PDF, or in another of its forms.

    Example: `dotmac invoice pdf INV-000042 --output invoice.pdf`
    """

    async def work(runtime: Runtime) -> MadeDocument:
        async with runtime.database.transaction(await runtime.tenant(tenant)) as session:
            return await invoice_document(session, number, form, template=template, locale=locale)

    made = run(work)
    target = output or Path(made.name)
    target.write_bytes(made.content)
    notes.print(f"{target}: {len(made.content):,} bytes", markup=False)
