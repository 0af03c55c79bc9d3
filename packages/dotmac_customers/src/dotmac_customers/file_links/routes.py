"""Making links for, and answering them with, files of the store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from fastapi import Request
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.database import clock_of, tenant_of
from dotmac_core_ops.files import StoredFile
from dotmac_core_ops.settings import Settings
from dotmac_customers.file_links.ticket import (
    LONGEST_LIFE,
    Purpose,
    Ticket,
    checked_ticket,
    signed,
)
from dotmac_identity import base_url_of

# Nothing of a file runs in our name, whatever a browser takes it for; `nosniff` is the gateway's.
_AS_ATTACHMENT = {
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "cache-control": "private, no-store",
    "cross-origin-resource-policy": "same-origin",
}


async def link_to(
    session: AsyncSession, request: Request, file_id: UUID, *, purpose: Purpose, route: str
) -> dict[str, object]:
    """`url` and `expires_at` of a link to a file, answered by the public route named `route`.

    It leads where all links of the session's tenant do, whatever the request says: see
    `dotmac_identity.base_url_of`.
    """
    now = clock_of(session).now()
    expires_at = (now + LONGEST_LIFE).replace(microsecond=0)
    ticket = Ticket(tenant_of(session), file_id, purpose, expires_at)
    text = signed(ticket, _secret(request), now)
    path = request.app.url_path_for(route, ticket=text)
    settings: Settings = request.app.state.settings
    base_url = await base_url_of(session, settings.public_url)
    return {"url": f"{base_url}{path}", "expires_at": expires_at}


def ticket_of(request: Request, text: str, purpose: Purpose, now: datetime) -> Ticket:
    """The ticket in a link.

    Raises:
        TicketInvalidError, TicketExpiredError: as `checked_ticket` says.
    """
    return checked_ticket(text, _secret(request), purpose, now)


def attachment(stored: StoredFile, chunks: AsyncIterator[bytes]) -> StreamingResponse:
    """A file as something to save, never to show."""
    name = quote(stored.name, safe="")
    return StreamingResponse(
        chunks,
        media_type=stored.media_type,
        headers={
            **_AS_ATTACHMENT,
            "content-length": str(stored.size),
            "content-disposition": f"attachment; filename*=UTF-8''{name}",
        },
    )


def _secret(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return settings.secret_key.get_secret_value()
