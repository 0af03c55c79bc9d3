"""Refusals about rates of exchange.

```text
ExchangeRateMissingError     422
InvalidExchangeRateError     422
ExchangeRateExistsError      409
ExchangeRateNotFoundError    404
```
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class ExchangeRateMissingError(InvalidError):
    """No rate of the pair holds on that day: write one down, or say what arrived."""

    code = "EXCHANGE_RATE_MISSING"

    def __init__(self, from_currency: str, to_currency: str, on: date) -> None:
        super().__init__(
            f"There is no rate from {from_currency} to {to_currency} on {on}.",
            from_currency=from_currency,
            to_currency=to_currency,
            on=on,
        )


class InvalidExchangeRateError(InvalidError):
    """A rate contradicts itself; the message says how."""

    code = "INVALID_EXCHANGE_RATE"


class ExchangeRateExistsError(ConflictError):
    """The pair has a rate from that day on: disable it first."""

    code = "EXCHANGE_RATE_EXISTS"

    def __init__(self, from_currency: str, to_currency: str, valid_from: date) -> None:
        super().__init__(
            f"There is a rate from {from_currency} to {to_currency} from {valid_from} on already.",
            from_currency=from_currency,
            to_currency=to_currency,
            valid_from=valid_from,
        )


class ExchangeRateNotFoundError(NotFoundError):
    """The tenant has no such rate."""

    code = "EXCHANGE_RATE_NOT_FOUND"

    def __init__(self, rate_id: UUID) -> None:
        super().__init__("There is no such rate of exchange.", rate_id=str(rate_id))
