"""What a page shows, in words and figures already written: the same for PDF and for HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from dotmac_billing.documents.document import Mark


class Fact(NamedTuple):
    """A name and what it is."""

    label: str
    value: str


class Column(NamedTuple):
    """A column; `share` is its part of the table's width, figures stand at its end."""

    label: str
    share: float
    figure: bool = True


class Row(NamedTuple):
    """A row; the small print stands below its first cell, over the width of that cell."""

    cells: tuple[str, ...]
    small: tuple[str, ...] = ()


class Sum(NamedTuple):
    """A line of the totals."""

    label: str
    value: str
    strong: bool = False


class Headline(NamedTuple):
    """The one figure that the reader looks for, with a remark beside it."""

    label: str
    value: str
    remark: str
    settled: bool = False


@dataclass(frozen=True)
class Table:
    """Columns and rows; the shares of the columns sum to 1."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Payment:
    """How to pay; `code` is the text of the QR code."""

    title: str
    facts: tuple[Fact, ...]
    code: str | None = None
    scan: str = ""


@dataclass(frozen=True)
class View:
    """A document for the eye. `country` decides between pictures of the same Chinese letter."""

    locale: str
    right_to_left: bool
    title: str
    number: str
    sender: str
    sender_name: str
    recipient_label: str
    recipient_name: str
    recipient: tuple[str, ...]
    facts: tuple[Fact, ...]
    headline: Headline
    table: Table
    sums: tuple[Sum, ...]
    taxes: Table | None
    remarks: tuple[str, ...]
    payment: Payment | None
    paragraphs: tuple[Fact, ...]
    footer: tuple[tuple[str, ...], ...]
    page: str
    header: str | None = None
    mark: Mark | None = None
    mark_text: str = ""
    country: str | None = None
