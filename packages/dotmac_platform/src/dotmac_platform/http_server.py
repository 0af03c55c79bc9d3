"""Serving the application with granian: a process that imports next to nothing itself."""

from __future__ import annotations

from granian import Granian
from granian.constants import Interfaces

from dotmac_core_ops.settings import Settings, load_settings


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


if __name__ == "__main__":
    serve(load_settings())
