"""What subscriptions refuse."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class SubscriptionNotFoundError(NotFoundError):
    """There is no subscription with this id."""

    code = "SUBSCRIPTION_NOT_FOUND"

    def __init__(self, subscription_id: UUID | str) -> None:
        super().__init__("There is no such subscription.", subscription_id=str(subscription_id))


class SubscriptionEndedError(ConflictError):
    """The subscription has ended or its end is already arranged."""

    code = "SUBSCRIPTION_ENDED"

    def __init__(self, number: str, end_on: date | None) -> None:
        super().__init__(
            f"Subscription {number} is cancelled already.", number=number, end_on=end_on
        )


class InvalidCancellationError(InvalidError):
    """The subscription cannot end on this day."""

    code = "INVALID_CANCELLATION"

    def __init__(self, problem: str, on: date | None) -> None:
        super().__init__(problem, on=on)


class InvalidSubscriptionError(InvalidError):
    """What is to be subscribed to contradicts itself, the plan or the customer."""

    code = "INVALID_SUBSCRIPTION"

    def __init__(self, problem: str, **details: object) -> None:
        super().__init__(problem, **details)


class AgreedPriceNotPossibleError(InvalidError):
    """The component is priced by tiers, packages or the like: there is no single price to agree."""

    code = "AGREED_PRICE_NOT_POSSIBLE"

    def __init__(self, component: str, model: str) -> None:
        super().__init__(
            f"{component!r} is priced by the model {model!r}, which has no price of a unit.",
            component=component,
            model=model,
        )


class UnknownComponentError(InvalidError):
    """The plan has no component with this code."""

    code = "UNKNOWN_COMPONENT"

    def __init__(self, component: str, plan: str) -> None:
        super().__init__(
            f"Plan {plan!r} has no component {component!r}.", component=component, plan=plan
        )


class ExternalIdTakenError(ConflictError):
    """Another subscription has this external id."""

    code = "SUBSCRIPTION_EXTERNAL_ID_TAKEN"

    def __init__(self, external_id: str) -> None:
        super().__init__(f"The external id {external_id!r} is taken.", external_id=external_id)
