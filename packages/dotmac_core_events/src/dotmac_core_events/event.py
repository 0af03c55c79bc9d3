"""What an event is: a fact in the past tense that a module announces."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from dotmac_core_ops.errors import InvalidError

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


class EventNameError(InvalidError):
    """An event is called `<module>.<fact in past tense>`, in lower case."""

    code = "EVENT_NAME_INVALID"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is not a name such as 'billing.invoice_issued'.", name=name)


@dataclass(frozen=True)
class Announcement:
    """When, where and why an event was announced."""

    id: UUID
    occurred_at: datetime
    request_id: str | None
    correlation_id: UUID | None
    """The event or job whose handling announced it; None when a request did."""


class Event(BaseModel):
    """A fact. Subclass it, give it a `name`, and list what listeners need to know.

    ```python
    class InvoiceIssued(Event):
        name: ClassVar[str] = "billing.invoice_issued"

        invoice_id: UUID
    ```

    It is versioned by adding fields with a default, never by changing or removing one: rows written
    by older programs are still read, and fields that a program does not know are passed over.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: ClassVar[str] = ""

    @cached_property
    def announcement(self) -> Announcement | None:
        """How it was announced; None for an event that did not come out of the outbox.

        It is no part of the fact: events are equal when their fields are.
        """
        return None

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - Pydantic's signature
        super().__pydantic_init_subclass__(**kwargs)
        if "name" in vars(cls):
            _register(cls)


_registry: dict[str, type[Event]] = {}


def check_name(name: str) -> str:
    """`name`, if an event can be called that.

    Raises:
        EventNameError: it cannot.
    """
    if not _NAME.fullmatch(name):
        raise EventNameError(name)
    return name


def registered_events() -> Mapping[str, type[Event]]:
    """Every event class of the packages imported so far, by name."""
    return dict(sorted(_registry.items()))


def event_class(name: str) -> type[Event] | None:
    """The class of that name, if a package that was imported defines one."""
    return _registry.get(name)


def _register(cls: type[Event]) -> None:
    known = _registry.get(check_name(cls.name))
    if known is not None and _path(known) != _path(cls):
        raise TypeError(f"{_path(cls)} and {_path(known)} are both called {cls.name!r}.")
    _registry[cls.name] = cls


def _path(cls: type[Event]) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"
