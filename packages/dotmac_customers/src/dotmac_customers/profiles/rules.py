"""What may stand in a customer's profile."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from dotmac_core_ops.clock import time_zone as zone_named
from dotmac_core_ops.money import currency_exponent
from dotmac_customers.profiles.errors import InvalidCustomerError
from dotmac_customers.profiles.naming import shown_name
from dotmac_customers.profiles.profile import CustomerKind, NewCustomer, PostalAddress
from dotmac_identity import country_code, normalised_email

LONGEST_NAME = 200
LONGEST_NUMBER = 64
LONGEST_NOTES = 10_000
LONGEST_TAG = 63
MOST_TAGS = 50

# BCP 47: a language, and where it matters its script and its region.
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
# NUL and half surrogate pairs cannot be stored; line breaks have no place in one line.
_UNFIT_IN_LINE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_UNFIT_IN_TEXT = re.compile(r"[\x00\ud800-\udfff]")
_known_zone = lru_cache(maxsize=1000)(zone_named)
_known_currency = lru_cache(maxsize=200)(currency_exponent)


def checked(customer: NewCustomer) -> NewCustomer:
    """`customer` with space around its texts removed, its e-mail and country in their usual form.

    Raises:
        InvalidCustomerError: a text is empty, too long or holds control characters.
        InvalidEmailError, UnknownCountryError, UnknownTimeZoneError, InvalidCurrencyError: so.
    """
    if customer.currency is not None:
        _known_currency(customer.currency)
    parts = {
        field: optional_line(field, getattr(customer, field), LONGEST_NAME)
        for field in ("given_name", "family_name", "company_name")
    }
    return replace(
        customer,
        **parts,  # type: ignore[arg-type] # texts all of them, which replace() cannot know
        name=line("name", customer.name or shown_name(**parts) or "", LONGEST_NAME),
        tax_id=optional_line("tax_id", customer.tax_id, LONGEST_NUMBER),
        registration_number=optional_line(
            "registration_number", customer.registration_number, LONGEST_NUMBER
        ),
        language=checked_language(customer.language),
        number=optional_line("number", customer.number, LONGEST_NUMBER),
        email=checked_email(customer.email),
        phone=optional_line("phone", customer.phone, LONGEST_NUMBER),
        tags=checked_tags(customer.tags),
        external_id=optional_line("external_id", customer.external_id, LONGEST_NAME),
        notes=checked_notes(customer.notes),
        time_zone=checked_zone(customer.time_zone),
        address=None if customer.address is None else checked_address(customer.address),
    )


def line(field: str, text: str, longest: int) -> str:
    """`text` without space around it.

    Raises:
        InvalidCustomerError: nothing is left, it is too long, or it holds control characters.
    """
    clean = text.strip()
    if not _shows(clean):
        raise InvalidCustomerError(field, "is empty.")
    if len(clean) > longest:
        raise InvalidCustomerError(field, f"is longer than {longest} characters.")
    if _UNFIT_IN_LINE.search(clean):
        raise InvalidCustomerError(field, "holds a control character.")
    return clean


def _shows(text: str) -> bool:
    # Not only spaces of zero width and marks of direction.
    return any(character.isprintable() for character in text)


def optional_line(field: str, text: str | None, longest: int) -> str | None:
    """The same for a field that may be missing; empty counts as missing."""
    return None if text is None or not text.strip() else line(field, text, longest)


def checked_email(email: str | None) -> str | None:
    """The address in lower case; empty counts as missing."""
    return None if email is None or not email.strip() else normalised_email(email)


def checked_zone(zone: str | None) -> str | None:
    """The name of a time zone that exists; empty counts as missing."""
    return None if not zone else str(_known_zone(zone).key)


def checked_language(language: str | None) -> str | None:
    """A tag such as `sv`, `pt-BR` or `zh-Hant`; empty counts as missing.

    Raises:
        InvalidCustomerError: it has another form.
    """
    if not language:
        return None
    if not _LANGUAGE.fullmatch(language):
        raise InvalidCustomerError("language", "is not a language tag such as 'sv' or 'pt-BR'.")
    return language


def checked_notes(notes: str) -> str:
    """Text of several lines, up to 10,000 characters."""
    if len(notes) > LONGEST_NOTES:
        raise InvalidCustomerError("notes", f"is longer than {LONGEST_NOTES} characters.")
    if _UNFIT_IN_TEXT.search(notes):
        raise InvalidCustomerError("notes", "holds a character that cannot be stored.")
    return notes


def checked_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Each tag once, in order of the alphabet."""
    clean = tuple(sorted({line("tags", tag, LONGEST_TAG) for tag in tags}))
    if len(clean) > MOST_TAGS:
        raise InvalidCustomerError("tags", f"are more than {MOST_TAGS}.")
    return clean


def checked_address(address: PostalAddress) -> PostalAddress:
    """An address that can be written on an envelope."""
    return PostalAddress(
        line1=line("address.line1", address.line1, LONGEST_NAME),
        line2=optional_line("address.line2", address.line2, LONGEST_NAME),
        city=line("address.city", address.city, LONGEST_NAME),
        region=optional_line("address.region", address.region, LONGEST_NAME),
        postal_code=optional_line("address.postal_code", address.postal_code, LONGEST_NUMBER),
        country=country_code(address.country),
    )


_OF_FIELD: dict[str, Callable[[Any], object]] = {
    "name": lambda text: line("name", text or "", LONGEST_NAME),
    "kind": lambda kind: CustomerKind(line("kind", kind or "", LONGEST_NAME)),
    "email": checked_email,
    "phone": lambda text: optional_line("phone", text, LONGEST_NUMBER),
    "tags": lambda tags: checked_tags(tags or ()),
    "external_id": lambda text: optional_line("external_id", text, LONGEST_NAME),
    "notes": lambda text: checked_notes(text or ""),
    "time_zone": checked_zone,
    "given_name": lambda text: optional_line("given_name", text, LONGEST_NAME),
    "family_name": lambda text: optional_line("family_name", text, LONGEST_NAME),
    "company_name": lambda text: optional_line("company_name", text, LONGEST_NAME),
    "tax_id": lambda text: optional_line("tax_id", text, LONGEST_NUMBER),
    "registration_number": lambda text: optional_line("registration_number", text, LONGEST_NUMBER),
    "language": checked_language,
    "custom_fields": lambda values: values or {},
    "address": lambda address: None if address is None else checked_address(address),
}


def checked_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changed fields in their usual form.

    Raises:
        InvalidCustomerError: a field cannot be changed, or not to this.
    """
    for field in changes:
        if field not in _OF_FIELD:
            raise InvalidCustomerError(field, "cannot be changed.")
    return {field: _OF_FIELD[field](value) for field, value in changes.items()}
