"""Refusals about contacts."""

from __future__ import annotations

from uuid import UUID

from dotmac_core_ops.errors import ConflictError, InvalidError, NotFoundError


class ContactNotFoundError(NotFoundError):
    """The customer has no such contact."""

    code = "CONTACT_NOT_FOUND"

    def __init__(self, contact_id: UUID) -> None:
        super().__init__("The customer has no such contact.", contact_id=str(contact_id))


class ContactMethodNotFoundError(NotFoundError):
    """The customer has no such contact method."""

    code = "CONTACT_METHOD_NOT_FOUND"

    def __init__(self, method_id: UUID) -> None:
        super().__init__("The customer has no such contact method.", method_id=str(method_id))


class InvalidPhoneError(InvalidError):
    """No number that can be dialled: write it with `+` and the country code."""

    code = "INVALID_PHONE"

    def __init__(self, phone: str, country: str) -> None:
        super().__init__(
            f"{phone!r} is no telephone number of {country}; write others with + and their "
            "country code.",
            phone=phone,
            country=country,
        )


class ContactMethodTakenError(ConflictError):
    """The same person has this value already."""

    code = "CONTACT_METHOD_TAKEN"

    def __init__(self, value: str) -> None:
        super().__init__("This way to reach them is there already.", value=value)


class TooManyContactsError(ConflictError):
    """The customer has as many as one can have: remove one first."""

    code = "TOO_MANY_CONTACTS"

    def __init__(self, what: str, most: int) -> None:
        super().__init__(f"There are at most {most} {what}; remove one first.", most=most)
