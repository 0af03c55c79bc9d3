"""Serving the application with granian: a process that imports next to nothing itself."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

from granian import Granian
from granian.constants import Interfaces
from granian.server.embed import Server

from dotmac_core_ops.errors import UnavailableError
from dotmac_core_ops.settings import Settings, load_settings

if TYPE_CHECKING:
    from fastapi import FastAPI


def serve(settings: Settings) -> None:
    """Serve on HOST and PORT with WORKERS processes, until stopped."""
    Granian(
        "dotmac_platform.application:create",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()


class PortTakenError(UnavailableError):
    """Another program listens on PORT already."""

    code = "PORT_TAKEN"

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            f"Something listens on {host}:{port} already; choose another: PORT=8080", port=port
        )


class EmbeddedServer:
    """Serves `app` inside the running event loop: one process for a small installation."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self._server: Any = Server(
            app,
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            websockets=False,
            log_enabled=False,
        )
        self.serving: asyncio.Future[None] = asyncio.ensure_future(self._server.serve())

    async def stop(self) -> None:
        """Finish the requests under way and end."""
        if not self.serving.done():
            self._server.stop()
        await self.serving


def require_free_port(settings: Settings) -> None:
    """Refuse an address that is in use, before anything is started.

    Raises:
        PortTakenError: it is.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortTakenError(settings.host, settings.port) from error


if __name__ == "__main__":
    serve(load_settings())
