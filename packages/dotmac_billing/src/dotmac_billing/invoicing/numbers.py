"""Which numbers the invoices of one go get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dotmac_billing.assembly.draft import Draft
from dotmac_billing.receivables.states import InvoiceKind
from dotmac_billing.settings.number_format import (
    NumbersReset,
    SeriesKind,
    numbering,
    series_for,
)


class Number(NamedTuple):
    """The place of a document in its series, and how it is written."""

    series: str
    sequence: int
    text: str


@dataclass(frozen=True)
class NumberTerms:
    """How a tenant numbers: the format of each kind, and whether numbers begin anew each year."""

    formats: Mapping[SeriesKind, str]
    reset: NumbersReset

    def series_of(self, draft: Draft) -> str:
        """The series that the draft gets its number from."""
        return series_for(_kind(draft), draft.issued_on, self.reset)


def numbers(
    drafts: Sequence[Draft], series: Sequence[str], first: Mapping[str, int], terms: NumberTerms
) -> list[Number]:
    """Consecutive numbers within each series from `first` of it on, in the order of `drafts`.

    `series` is that of each draft.
    """
    written = {kind: numbering(text) for kind, text in terms.formats.items()}
    following = dict(first)
    found = []
    for draft, name in zip(drafts, series, strict=True):
        sequence = following[name]
        following[name] = sequence + 1
        text = written[_kind(draft)](sequence, draft.issued_on)
        found.append(Number(name, sequence, text))
    return found


def _kind(draft: Draft) -> SeriesKind:
    if draft.kind is InvoiceKind.DEBIT_NOTE:
        return SeriesKind.DEBIT_NOTE
    return SeriesKind.INVOICE
