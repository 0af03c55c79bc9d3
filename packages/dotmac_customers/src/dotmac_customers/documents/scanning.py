"""Looking through bytes for viruses: the interface of scanners."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from dotmac_core_ops.errors import UnavailableError


class ScannerUnavailableError(UnavailableError):
    """The virus scanner did not answer: the document waits, and is looked through later."""

    code = "SCANNER_UNAVAILABLE"

    def __init__(self, reason: str) -> None:
        super().__init__("The virus scanner does not answer.", reason=reason)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scanner found: the signature's name, or None."""

    signature: str | None = None

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return self.signature is None


class Scanner(Protocol):
    """Something that looks through bytes."""

    async def scan(self, chunks: AsyncIterator[bytes]) -> Verdict:
        """What is in `chunks`.

        Raises:
            ScannerUnavailableError: it cannot be asked at the moment.
        """
        ...
