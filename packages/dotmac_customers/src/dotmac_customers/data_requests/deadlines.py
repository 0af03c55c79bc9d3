"""By when a request of a data subject must be answered."""

from __future__ import annotations

import calendar
from datetime import date
from enum import StrEnum

REMINDED_DAYS = (7, 2)
"""So many days before the deadline the staff is reminded, once each."""

OVERDUE_DAYS = -1
"""On the day after the deadline they are told that it has passed."""


class DataRequestKind(StrEnum):
    """What the person asks for: GDPR art. 15 and 20, or art. 17."""

    ACCESS = "access"
    ERASURE = "erasure"


class DataRequestState(StrEnum):
    """How far a request has come."""

    RECEIVED = "received"
    CONFIRMED = "confirmed"
    WORKING = "working"
    DONE = "done"
    REFUSED = "refused"


def deadline(received_on: date) -> date:
    """The last day for an answer: a month after the request came in.

    `deadline(date(2026, 1, 31))` is 28 February 2026: a day that the month lacks is its last one.

    Source: GDPR art. 12(3); Regulation 1182/71, art. 3(2)(c).
    """
    year, month = divmod(received_on.year * 12 + received_on.month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(received_on.day, last))
