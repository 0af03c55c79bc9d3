"""Refusals about addresses."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class AddressNotFoundError(NotFoundError):
    """The customer has no such address."""

    code = "ADDRESS_NOT_FOUND"

    def __init__(self, address_id: UUID) -> None:
        super().__init__("The customer has no such address.", address_id=str(address_id))


class UndeliverableAddressError(InvalidError):
    """The country's post does not deliver to such an address; the details name the fields."""

    code = "UNDELIVERABLE_ADDRESS"

    def __init__(self, country: str, problems: Mapping[str, str], examples: str) -> None:
        told = "; ".join(f"{field}: {problem}" for field, problem in problems.items())
        super().__init__(
            f"Not an address of {country}: {told}.",
            country=country,
            fields=dict(problems),
            postal_code_examples=examples,
        )


class TooManyAddressesError(ConflictError):
    """The customer has as many addresses as one can have: remove one first."""

    code = "TOO_MANY_ADDRESSES"

    def __init__(self, most: int) -> None:
        super().__init__(f"A customer has at most {most} addresses; remove one first.", most=most)
