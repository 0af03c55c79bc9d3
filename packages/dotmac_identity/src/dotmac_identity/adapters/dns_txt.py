"""TXT records of a domain, asked of the resolvers that this machine is configured for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import dns.asyncresolver
import dns.exception
import dns.resolver

TxtLookup = Callable[[str], Awaitable[list[str]]]
"""The TXT records of a name; empty when there are none or the name does not exist."""

_SECONDS = 5.0


async def txt_records(name: str) -> list[str]:
    """The TXT records of `name`, or those that stand in for them.

    Raises:
        DNSException: the resolvers do not answer.
    """
    return await (_instead[-1] if _instead else _ask)(name)


@contextmanager
def answering_txt(lookup: TxtLookup) -> Iterator[None]:
    """Let `lookup` answer instead of the resolvers, in this process, until the block ends."""
    _instead.append(lookup)
    try:
        yield
    finally:
        _instead.remove(lookup)


async def _ask(name: str) -> list[str]:
    try:
        answer = await dns.asyncresolver.resolve(name, "TXT", lifetime=_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


Unanswered = dns.exception.DNSException
"""What `txt_records` raises when nobody answers."""

_instead: list[TxtLookup] = []
