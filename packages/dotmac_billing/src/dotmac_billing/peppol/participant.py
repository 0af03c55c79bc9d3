"""An address in the Peppol network, and whether it can be one.

Source: OpenPeppol, *Policy for use of Identifiers* 4.4.0 (policy 1: characters and length) and its
code list of participant identifier schemes; GS1 General Specifications 7.9.1 for the check digit.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_CHARACTERS = re.compile(r"[A-Za-z0-9.\-_~]{1,130}")
_SCHEME = re.compile(r"[0-9]{4}")
# Of schemes whose form the code list fixes; others are taken as they are.
_FORMS = {
    "0007": re.compile(r"\d{10}"),
    "0088": re.compile(r"\d{13}"),
    "0106": re.compile(r"\d{8,17}"),
    "0151": re.compile(r"\d{11}"),
    "0184": re.compile(r"\d{8}"),
    "0190": re.compile(r"\d{20}"),
    "0192": re.compile(r"\d{9}"),
    "0208": re.compile(r"[01]\d{9}"),
    "0211": re.compile(r"IT\d{11}"),
    "0216": re.compile(r"0037\d{8}[A-Za-z0-9]{0,5}"),
}
_VAT_BY_COUNTRY = re.compile(r"99(?:[1-4]\d|5[0-3]|57)")
_VAT_NUMBER = re.compile(r"[A-Z]{2}[A-Z0-9]{2,18}")


class Participant(NamedTuple):
    """Who is addressed: an identifier, and the code (EAS) of the scheme that it is of."""

    scheme: str
    identifier: str


def participant_of(scheme: str, identifier: str) -> Participant:
    """The address without the blanks that people type; letters as they are given."""
    return Participant(scheme.strip(), "".join(identifier.split()))


def problem_of(address: Participant) -> str | None:
    """What keeps it from being an address, in words; None when it can be one.

    Whether anybody is reached there is only known to the network.
    """
    scheme, identifier = address
    if not _SCHEME.fullmatch(scheme):
        return "The scheme is a code of four digits, such as 0088 or 0208."
    if not _CHARACTERS.fullmatch(identifier):
        return "An identifier has 1 to 130 letters, digits and . - _ ~."
    form = _FORMS.get(scheme)
    if form is None and _VAT_BY_COUNTRY.fullmatch(scheme):
        form = _VAT_NUMBER
    if form is not None and not form.fullmatch(identifier):
        return f"It has not the form of an identifier of scheme {scheme}."
    check = _CHECKS.get(scheme)
    if check is not None and not check(identifier):
        return "Its check digits are wrong."
    return None


def _is_gln(digits: str) -> bool:
    """Weights 1 and 3 from the left of the thirteen digits; the sum is a multiple of ten."""
    return sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(digits)) % 10 == 0


def _is_belgian(digits: str) -> bool:
    """The last two digits are 97 minus the remainder of the others by 97."""
    return 97 - int(digits[:8]) % 97 == int(digits[8:])


_CHECKS = {"0088": _is_gln, "0208": _is_belgian}
