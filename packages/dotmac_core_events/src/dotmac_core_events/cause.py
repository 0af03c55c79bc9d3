"""What the present task is reacting to, so that what it announces can say so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

_cause: ContextVar[UUID | None] = ContextVar("dotmac_cause", default=None)


def current_cause() -> UUID | None:
    """The event or job being handled; None in a request, and while several are handled at once."""
    return _cause.get()


@contextmanager
def caused_by(cause: UUID | None) -> Iterator[None]:
    """Name what is being handled, for this task, until the block ends."""
    token = _cause.set(cause)
    try:
        yield
    finally:
        _cause.reset(token)
