"""E-mail addresses and telephone numbers in the one form that they are kept in.

Source: ITU-T E.164; numbering plans by Google's libphonenumber (`phonenumbers`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import phonenumbers
from phonenumbers import PhoneNumberFormat

from dotmac_customers.contacts.errors import InvalidPhoneError
from dotmac_customers.contacts.people import DIALLED, MethodKind
from dotmac_customers.profiles.rules import LONGEST_NAME, line
from dotmac_customers.profiles.search_terms import folded
from dotmac_identity import normalised_email

_DIGITS = re.compile(r"\d+")


def kept_value(kind: MethodKind, value: str, country: str) -> str:
    """`value` as it is kept: e-mail in lower case, numbers as E.164.

    `070-123 45 67` in `SE` is `+46701234567`; `country` is where a number without a country code
    is dialled.

    Raises:
        InvalidPhoneError: it is no number that can be dialled.
        InvalidEmailError: it is no e-mail address.
        InvalidCustomerError: it is empty, too long or holds control characters.
    """
    clean = line("value", value, LONGEST_NAME)
    if kind is MethodKind.EMAIL:
        return normalised_email(clean)
    if kind not in DIALLED:
        return clean
    try:
        number = phonenumbers.parse(clean, country)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhoneError(clean, country) from error
    if not phonenumbers.is_valid_number(number):
        raise InvalidPhoneError(clean, country)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def shown_value(kind: MethodKind, value: str, country: str) -> str:
    """`value` as people read it: a number of `country` as it is dialled there, others with `+`."""
    if kind not in DIALLED:
        return value
    number = phonenumbers.parse(value)
    is_home = phonenumbers.region_code_for_number(number) == country
    form = PhoneNumberFormat.NATIONAL if is_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def international(kind: MethodKind, value: str) -> str | None:
    """A number with its country code and spaces, `+46 70 123 45 67`; None for what is none."""
    if kind not in DIALLED:
        return None
    return phonenumbers.format_number(phonenumbers.parse(value), PhoneNumberFormat.INTERNATIONAL)


def terms_of(names: Iterable[str], values: Iterable[tuple[MethodKind, str]]) -> set[str]:
    """The words that find a customer by the people in it: names, e-mail addresses and numbers.

    A number is found whole, with or without country code, and by the groups that it is written in.
    """
    terms = {word for name in names for word in re.findall(r"[^\W_]+", folded(name))}
    for kind, value in values:
        if kind is MethodKind.EMAIL:
            terms.add(folded(value))
        elif kind in DIALLED:
            number = phonenumbers.parse(value)
            for form in (PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL):
                written = phonenumbers.format_number(number, form)
                groups = _DIGITS.findall(written)
                terms.update(groups, written.split())
                terms.add("".join(groups))
            terms.add(value)
            terms.add(str(number.national_number))
    return terms
