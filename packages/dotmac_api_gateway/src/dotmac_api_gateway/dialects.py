"""Which protocol is spoken at an address."""

from __future__ import annotations

from collections.abc import Iterable

from dotmac_core_ops.dialect import Dialect
from dotmac_core_ops.module import Module


class Dialects:
    """The dialects of an application's modules, found by address."""

    def __init__(self, modules: Iterable[Module], prefix: str) -> None:
        self._dialects = [
            (f"{prefix}{dialect.prefix}", dialect)
            for module in modules
            for dialect in module.dialects
        ]

    def at(self, path: str) -> Dialect | None:
        """The dialect at `path`; None where the envelope is spoken."""
        for prefix, dialect in self._dialects:
            if path == prefix or path.startswith(f"{prefix}/"):
                return dialect
        return None
