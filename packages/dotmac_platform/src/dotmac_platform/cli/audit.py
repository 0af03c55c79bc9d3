"""`dotmac audit`: the proof that nothing was taken out of the audit log."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from dotmac_core_ops.audit import AuditProblem, Seal, latest_seal, verify
from dotmac_platform.cli.running import JsonOption, TenantOption, console, print_json, run
from dotmac_platform.runtime import Runtime

app = typer.Typer(help="The audit log: who did what, and its proof.", no_args_is_help=True)

EXIT_FOUND = 3


@app.callback()
def audit() -> None:
    """The audit log: who did what, and its proof."""


@app.command(name="verify")
def verify_log(
    tenant: TenantOption = None,
    seal: Annotated[
        str | None,
        typer.Option(metavar="BLOCK:HASH", help="A seal noted earlier, which must be there."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Prove that nothing was removed, altered or put in, and name the first entry that was.

    It leaves with 3 if something was. Keep the seal that it prints elsewhere, and give it again.

    Example: `dotmac audit verify --tenant acme`
    """
    known = None if seal is None else _seal(seal)

    async def work(runtime: Runtime) -> tuple[list[AuditProblem], Seal | None]:
        async with runtime.database.transaction(await runtime.tenant(tenant)) as session:
            return await verify(session, known=known), await latest_seal(session)

    problems, newest = run(work)
    shown = None if newest is None else f"{newest.number}:{newest.hash.hex()}"
    if as_json:
        found = [asdict(problem) for problem in problems]
        print_json({"is_whole": not problems, "seal": shown, "problems": found})
    else:
        for problem in problems:
            console.print(f"{problem.kind}: {problem.message}", markup=False, highlight=False)
        if not problems:
            console.print("The audit log is whole.")
        console.print(f"seal: {shown or 'none yet'}", markup=False, highlight=False, soft_wrap=True)
    if problems:
        raise typer.Exit(EXIT_FOUND)


def _seal(text: str) -> Seal:
    number, _, digest = text.partition(":")
    try:
        return Seal(int(number), bytes.fromhex(digest))
    except ValueError as error:
        raise typer.BadParameter("Write it as it was printed: BLOCK:HASH.") from error
