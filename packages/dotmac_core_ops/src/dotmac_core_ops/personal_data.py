"""What modules do when a person asks for their data, or asks to be forgotten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True)
class Person:
    """Whom a request is about, and by what modules may know them.

    `emails`, `phones` and `names` are all that the customer's profile and contacts hold at the time
    of the request: a module that keeps none of our identifiers finds the person by them.
    """

    customer_id: UUID
    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass(frozen=True)
class PersonalFile:
    """A file about a person: its name in the export, and its identifier in the file store."""

    name: str
    file_id: UUID


@dataclass(frozen=True)
class PersonalExport:
    """All that a module knows about a person, as JSON can say it, and the files that belong to it.

    Each key of `data` becomes a file `<module>/<key>.json`.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[PersonalFile, ...] = ()


@dataclass(frozen=True)
class Kept:
    """What a module does not erase, under which law, and for how long.

    `subject` is a word for it, by which a tenant names a basis and a period of its own: what stands
    here is an example, not advice.
    """

    what: str
    law: str
    until: str
    subject: str = ""


@dataclass(frozen=True)
class Erasure:
    """What a module erased or made anonymous (rows by what they are), and what it keeps."""

    erased: Mapping[str, int] = field(default_factory=dict)
    kept: tuple[Kept, ...] = ()


Export: TypeAlias = "Callable[[AsyncSession, Person], Awaitable[PersonalExport]]"
Erase: TypeAlias = "Callable[[AsyncSession, Person], Awaitable[Erasure]]"


@dataclass(frozen=True)
class PersonalData:
    """How a module exports and erases what it knows about a person.

    Both run in a transaction of the person's tenant; all modules erase in the same one, so that a
    person is forgotten everywhere or nowhere. `keeps` is all that erasing may leave.
    """

    export: Export
    erase: Erase
    keeps: tuple[Kept, ...] = ()
