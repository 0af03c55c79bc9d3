"""What customers refuse."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class BillingCustomerNotFoundError(NotFoundError):
    """Billing does not know this customer."""

    code = "BILLING_CUSTOMER_NOT_FOUND"

    def __init__(self, customer_id: UUID | str) -> None:
        super().__init__("Billing does not know this customer.", customer_id=str(customer_id))


class CustomerCodeTakenError(ConflictError):
    """Another customer has this code."""

    code = "CUSTOMER_CODE_TAKEN"

    def __init__(self, customer_code: str) -> None:
        super().__init__(f"The code {customer_code!r} is taken.", customer_code=customer_code)


class InvalidTaxNumberError(InvalidError):
    """Form or check digits of the tax number are not those of the country."""

    code = "INVALID_TAX_NUMBER"

    def __init__(self, number: str, country: str) -> None:
        super().__init__(
            f"{number!r} is not a tax number of {country}.", number=number, country=country
        )


class BillingCustomerInUseError(ConflictError):
    """Something is billed to one of the customers, so that they stay."""

    code = "BILLING_CUSTOMER_IN_USE"

    def __init__(self) -> None:
        super().__init__("Something is billed to one of the customers, so that they stay.")
