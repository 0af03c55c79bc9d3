"""Text messages over Twilio's HTTP API."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from dotmac_core_events.notifications.errors import UndeliverableError
from dotmac_core_events.notifications.outgoing import Outgoing, Send, UnreachableError

_TIMEOUT_SECONDS = 20.0
# What is wrong with us or with them, not with the message: no account, no right, too much, a fault.
_NOT_THE_MESSAGE = {401, 403, 404, 408, 429}
_SERVER_ERROR = 500


class TwilioDelivery:
    """Sends from a number, a name, or a messaging service (`MG…`).

    Source: https://www.twilio.com/docs/messaging/api/message-resource.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        sender: str,
        *,
        url: str = "https://api.twilio.com",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._login = (account_sid, auth_token)
        self._path = f"{url}/2010-04-01/Accounts/{account_sid}/Messages.json"
        key = "MessagingServiceSid" if sender.startswith("MG") else "From"
        self._sender = {key: sender}
        self._transport = transport

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Send]:
        """One connection for all messages of the block."""
        async with httpx.AsyncClient(
            auth=self._login, timeout=_TIMEOUT_SECONDS, transport=self._transport
        ) as client:

            async def send(message: Outgoing) -> str | None:
                return await self._send(client, message)

            yield send

    async def _send(self, client: httpx.AsyncClient, message: Outgoing) -> str:
        number = "+" + re.sub(r"\D", "", message.recipient)
        fields = {**self._sender, "To": number, "Body": message.text}
        try:
            answer = await client.post(self._path, data=fields)
        except httpx.HTTPError as error:
            raise UnreachableError(f"Twilio: {type(error).__name__}") from error
        if answer.status_code in _NOT_THE_MESSAGE or answer.status_code >= _SERVER_ERROR:
            raise UnreachableError(f"Twilio answers {answer.status_code}.")
        body = answer.json()
        if answer.is_error:
            raise UndeliverableError(f"{body.get('code')} {body.get('message')}"[:500])
        return str(body["sid"])
