"""What changes refuse.

```text
ChangeNotFoundError           404
ChangeNotScheduledError       409
ChangeOverlaidError           409
TransferNotWithdrawableError  409
SubscriptionNotChangeableError 409
ChangedTodayError             409
ItemNotFoundError             422
ItemAmbiguousError            422
InvalidChangeError            422
```
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class ChangeNotFoundError(NotFoundError):
    """The subscription has no such change."""

    code = "SUBSCRIPTION_CHANGE_NOT_FOUND"

    def __init__(self, change_id: UUID) -> None:
        super().__init__("The subscription has no such change.", change_id=str(change_id))


class ChangeNotScheduledError(ConflictError):
    """The change holds already or was withdrawn, so it cannot be withdrawn."""

    code = "SUBSCRIPTION_CHANGE_NOT_SCHEDULED"

    def __init__(self, change_id: UUID, status: str) -> None:
        super().__init__(
            f"Only a scheduled change can be withdrawn; this one is {status}.",
            change_id=str(change_id),
            status=status,
        )


class ChangeOverlaidError(ConflictError):
    """A later change has altered what this one brings about; withdraw that one first."""

    code = "SUBSCRIPTION_CHANGE_OVERLAID"

    def __init__(self, change_id: UUID) -> None:
        super().__init__(
            "A later change builds on this one; withdraw that one first.", change_id=str(change_id)
        )


class TransferNotWithdrawableError(ConflictError):
    """Half of it is the new customer's subscription, which that one may have changed since."""

    code = "TRANSFER_NOT_WITHDRAWABLE"

    def __init__(self, change_id: UUID) -> None:
        super().__init__(
            "A transfer is not withdrawn; hand the new subscription over again, or cancel it.",
            change_id=str(change_id),
        )


class SubscriptionNotChangeableError(ConflictError):
    """In its present state the subscription does not take this change."""

    code = "SUBSCRIPTION_NOT_CHANGEABLE"

    def __init__(self, number: str, status: str, problem: str) -> None:
        super().__init__(
            f"Subscription {number} is {status}: {problem}", number=number, status=status
        )


class ItemNotFoundError(InvalidError):
    """On that day the subscription has no such item."""

    code = "SUBSCRIPTION_ITEM_NOT_FOUND"

    def __init__(self, target: str) -> None:
        super().__init__(f"The subscription has no item {target!r} on that day.", item=target)


class ItemAmbiguousError(InvalidError):
    """The subscription has several items of that component; name one by its id."""

    code = "SUBSCRIPTION_ITEM_AMBIGUOUS"

    def __init__(self, component: str) -> None:
        super().__init__(
            f"There are several items of {component!r}; name one by its id.", component=component
        )


class InvalidChangeError(InvalidError):
    """What is wanted contradicts itself, the plan or the subscription."""

    code = "INVALID_CHANGE"

    def __init__(self, problem: str, **details: object) -> None:
        super().__init__(problem, **details)


class ChangedTodayError(ConflictError):
    """By the second, what began today cannot be changed again before tomorrow.

    Items hold for days: the hours in between would be billed to nobody. Make the change from
    tomorrow on, without credit, or count by the day.
    """

    code = "SUBSCRIPTION_CHANGED_TODAY"

    def __init__(self, day: date) -> None:
        super().__init__(
            "What began today is changed by the second from tomorrow on; give a later day.",
            day=day,
        )
