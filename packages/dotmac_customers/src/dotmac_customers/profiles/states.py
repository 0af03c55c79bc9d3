"""The states of a customer, the legal moves between them, and the reasons for each."""

from __future__ import annotations

from enum import StrEnum


class CustomerState(StrEnum):
    """Where the relation with a customer stands."""

    LEAD = "lead"
    PROSPECT = "prospect"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CHURNED = "churned"


class Reason(StrEnum):
    """Why a customer was moved to another state."""

    QUALIFIED = "qualified"
    UNQUALIFIED = "unqualified"
    SIGNED = "signed"
    LOST = "lost"
    DUPLICATE = "duplicate"
    NON_PAYMENT = "non_payment"
    CUSTOMER_REQUEST = "customer_request"
    FRAUD = "fraud"
    ABUSE = "abuse"
    PAID = "paid"
    RESOLVED = "resolved"
    MOVED_AWAY = "moved_away"
    TOO_EXPENSIVE = "too_expensive"
    DISSATISFIED = "dissatisfied"
    COMPETITOR = "competitor"
    DECEASED = "deceased"
    BUSINESS_CLOSED = "business_closed"
    OTHER = "other"
    WON_BACK = "won_back"
    MISTAKE = "mistake"


_LEAVING = frozenset(
    {
        *(Reason.CUSTOMER_REQUEST, Reason.MOVED_AWAY, Reason.TOO_EXPENSIVE, Reason.DISSATISFIED),
        *(Reason.COMPETITOR, Reason.DECEASED, Reason.BUSINESS_CLOSED, Reason.DUPLICATE),
        Reason.OTHER,
    }
)
_EXPELLING = frozenset({Reason.NON_PAYMENT, Reason.FRAUD, Reason.ABUSE})

LEGAL_MOVES: dict[tuple[CustomerState, CustomerState], frozenset[Reason]] = {
    (CustomerState.LEAD, CustomerState.PROSPECT): frozenset({Reason.QUALIFIED}),
    (CustomerState.LEAD, CustomerState.ACTIVE): frozenset({Reason.SIGNED}),
    (CustomerState.LEAD, CustomerState.CHURNED): frozenset(
        {Reason.UNQUALIFIED, Reason.LOST, Reason.DUPLICATE, Reason.OTHER}
    ),
    (CustomerState.PROSPECT, CustomerState.ACTIVE): frozenset({Reason.SIGNED}),
    (CustomerState.PROSPECT, CustomerState.CHURNED): frozenset(
        {Reason.LOST, Reason.DUPLICATE, Reason.OTHER}
    ),
    (CustomerState.ACTIVE, CustomerState.SUSPENDED): frozenset(
        {*_EXPELLING, Reason.CUSTOMER_REQUEST, Reason.OTHER}
    ),
    (CustomerState.ACTIVE, CustomerState.CHURNED): _LEAVING | _EXPELLING,
    (CustomerState.SUSPENDED, CustomerState.ACTIVE): frozenset(
        {Reason.PAID, Reason.RESOLVED, Reason.CUSTOMER_REQUEST, Reason.MISTAKE, Reason.OTHER}
    ),
    (CustomerState.SUSPENDED, CustomerState.CHURNED): _LEAVING | _EXPELLING,
    (CustomerState.CHURNED, CustomerState.ACTIVE): frozenset({Reason.WON_BACK, Reason.MISTAKE}),
}
"""From and to, with the reasons that make sense for it. What is not listed is not possible."""


def moves_from(state: CustomerState) -> dict[CustomerState, frozenset[Reason]]:
    """Where a customer in `state` can be moved to, and why."""
    return {end: reasons for (start, end), reasons in LEGAL_MOVES.items() if start is state}


def starts_for(end: CustomerState, reason: Reason) -> frozenset[CustomerState]:
    """From where a customer can be moved to `end` for this reason."""
    return frozenset(
        start
        for (start, target), reasons in LEGAL_MOVES.items()
        if target is end and reason in reasons
    )
