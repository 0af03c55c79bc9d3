"""The words for changes of subscriptions: what, when, and what becomes of the money."""

from __future__ import annotations

from enum import Enum


class ChangeKind(Enum):
    """What a change was about."""

    QUANTITY = "quantity"
    PRICE = "price"
    ADD_ITEM = "add_item"
    REMOVE_ITEM = "remove_item"
    PLAN = "plan"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    REACTIVATE = "reactivate"
    TRANSFER = "transfer"
    RENEWAL = "renewal"


class ChangeStatus(Enum):
    """`SCHEDULED` has its day ahead and can be withdrawn; `APPLIED` holds."""

    SCHEDULED = "scheduled"
    APPLIED = "applied"
    WITHDRAWN = "withdrawn"


class ChangeAt(Enum):
    """The first day that is served in the new way."""

    NOW = "now"
    PERIOD_END = "period_end"
    DATE = "date"


class Invoicing(Enum):
    """Whether the money that a change moves is billed at once or with the next invoice."""

    NOW = "now"
    NEXT_INVOICE = "next_invoice"
