"""Messages as files, for an installation that has no mail server and no carrier yet."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from dotmac_core_events.notifications.mail import as_mail
from dotmac_core_events.notifications.message import Channel
from dotmac_core_events.notifications.outgoing import Outgoing, Send
from dotmac_core_ops.clock import Clock, SystemClock


class FolderDelivery:
    """Writes an `.eml` file for an e-mail and a `.txt` file for a text message.

    Only the account that this process runs under can read them.
    """

    def __init__(self, folder: Path, *, mail_from: str, clock: Clock | None = None) -> None:
        self._folder = folder
        self._mail_from = mail_from
        self._clock = clock or SystemClock()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Send]:
        """The folder, made if it is not there."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)

        async def send(message: Outgoing) -> str | None:
            return await asyncio.to_thread(self._write, message)

        yield send

    def _write(self, message: Outgoing) -> str:
        at = self._clock.now()
        if message.channel is Channel.EMAIL:
            content = as_mail(message, mail_from=self._mail_from, at=at).as_bytes()
            suffix = "eml"
        else:
            content = f"To: {message.recipient}\n\n{message.text}\n".encode()
            suffix = "txt"
        name = f"{at:%Y%m%d-%H%M%S}-{message.id}.{suffix}"
        file = os.open(self._folder / name, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(file, "wb") as out:
            out.write(content)
        return name


class InboxDelivery:
    """A message in the application has arrived when it is written."""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Send]:
        """Nothing to open."""

        async def send(_: Outgoing) -> str | None:
            return None

        yield send
