"""Whose turn it is to write usage."""

from __future__ import annotations

from asyncio import Semaphore
from weakref import WeakKeyDictionary

from dotmac_core_ops.database import Database

_AT_ONCE = 1

_turns: WeakKeyDictionary[Database, Semaphore] = WeakKeyDictionary()


def turn_of(database: Database) -> Semaphore:
    """What to hold while usage is written to `database` for a call over HTTP."""
    turn = _turns.get(database)
    if turn is None:
        turn = _turns[database] = Semaphore(_AT_ONCE)
    return turn
