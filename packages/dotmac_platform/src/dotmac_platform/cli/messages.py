"""`dotmac messages`: what was sent to people."""

from __future__ import annotations

from typing import Annotated

import typer

from dotmac_core_events import MessageService, MessageState, MessageView, WantedMessages
from dotmac_platform.cli.running import JsonOption, TenantOption, print_json, print_table, run
from dotmac_platform.runtime import Runtime

app = typer.Typer(help="Messages to people: look.", no_args_is_help=True)


@app.callback()
def messages() -> None:
    """Messages to people: look."""


@app.command(name="list")
def list_messages(
    state: Annotated[
        MessageState | None, typer.Option("--state", help="Only those in this state.")
    ] = None,
    recipient: Annotated[str | None, typer.Option("--to", help="Only to this address.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many.")] = 20,
    tenant: TenantOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the latest messages, newest first; what they say stays in the database.

    Example: `dotmac messages list --state failed --tenant acme`
    """

    async def work(runtime: Runtime) -> list[MessageView]:
        wanted = WantedMessages(state=state, recipient=recipient)
        async with runtime.database.transaction(await runtime.tenant(tenant)) as session:
            return (await MessageService(session).page(wanted, limit=limit))[0]

    found = run(work)
    if as_json:
        print_json([_fields(message) for message in found])
        return
    print_table(
        ("Made", "Channel", "To", "Subject", "State", "Why"),
        [
            (
                f"{message.created_at:%Y-%m-%d %H:%M}",
                message.channel.value,
                message.recipient,
                message.subject,
                message.state.value,
                message.error or "",
            )
            for message in found
        ],
    )


def _fields(message: MessageView) -> dict[str, object]:
    return {
        "id": message.id,
        "created_at": message.created_at,
        "sent_at": message.sent_at,
        "channel": message.channel.value,
        "recipient": message.recipient,
        "subject": message.subject,
        "topic": message.topic,
        "state": message.state.value,
        "attempts": message.attempts,
        "error": message.error,
    }
