"""Bodies of requests that are read before FastAPI has looked at them."""

from __future__ import annotations

from typing import Any

from fastapi import Request


async def json_of(request: Request) -> Any:  # noqa: ANN401 (whatever the client wrote)
    """The body as Python values; None where it is no JSON, which the route then says."""
    try:
        return await request.json()
    except ValueError:
        return None
