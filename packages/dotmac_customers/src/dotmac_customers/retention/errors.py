"""Refusals about what is kept."""

from __future__ import annotations

from collections.abc import Iterable

from dotmac_core_ops.errors import NotFoundError


class RetentionSubjectNotFoundError(NotFoundError):
    """No module keeps anything of this name; the details name those there are."""

    code = "RETENTION_SUBJECT_NOT_FOUND"

    def __init__(self, subject: str, known: Iterable[str]) -> None:
        super().__init__(
            f"Nothing is kept that is called {subject!r}.", subject=subject, known=sorted(known)
        )
