"""Answers of a tax service that are had before the transaction that needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from dotmac_billing.remote_tax.answers import Questions, TaxAnswers


@dataclass(slots=True)
class Ahead:
    """A piece of work that is done again when its questions are answered; `answers` so far."""

    answers: TaxAnswers | None = None


class TaxToBeAskedError(Exception):
    """Work came to questions that nobody has asked yet; it is undone, and done again with answers.

    It never leaves `asking_ahead`.
    """

    def __init__(self, answers: TaxAnswers, questions: Questions) -> None:
        super().__init__("There are questions to a tax service.")
        self.answers = answers
        self.questions = questions


_ahead: ContextVar[Ahead | None] = ContextVar("tax_is_asked_ahead", default=None)


@contextmanager
def ahead_of_work() -> Iterator[Ahead]:
    """Within the block questions are raised, not asked."""
    token = _ahead.set(Ahead())
    try:
        found = _ahead.get()
        assert found is not None
        yield found
    finally:
        _ahead.reset(token)


def current() -> Ahead | None:
    """The work that questions are raised in; None where they are asked at once."""
    return _ahead.get()
