"""Which fields a file can bring, and by which names its columns are known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from dotmac_identity import FieldDefinition

CUSTOM = "custom."
"""What the field of a tenant's own begins with: `custom.plan`."""

ADDRESS_FIELDS = ("line1", "line2", "postal_code", "city", "region", "country")
"""The parts of the primary mailing address, which is the one of the profile."""

FIELDS = (
    *("number", "external_id", "name", "kind", "given_name", "family_name", "company_name"),
    *("email", "phone", "state", "tags", "currency", "time_zone", "language"),
    *("tax_id", "registration_number", "notes", *ADDRESS_FIELDS),
)
"""The fields of every tenant that a file can bring, in the order of the template."""

ONLY_WHEN_NEW = frozenset({"number", "state", "currency"})
"""Those that a file does not change for customers who are there already."""

REASONS = "import_problems"
"""The column with what is wrong, in the file of refused rows; an import leaves it alone."""

EXAMPLE: Mapping[str, str] = MappingProxyType(
    {
        "number": "C-100001",
        "external_id": "crm-4711",
        "name": "Ann Berg",
        "kind": "residential",
        "given_name": "Ann",
        "family_name": "Berg",
        "email": "ann@example.com",
        "phone": "+46 70 174 06 05",
        "state": "active",
        "tags": "fibre;vip",
        "language": "sv",
        "line1": "Sveavägen 1",
        "postal_code": "111 57",
        "city": "Stockholm",
        "country": "SE",
    }
)
"""The row of the template that shows what is meant."""

_OTHER_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "customer_number": "number",
        "customer_no": "number",
        "account_number": "number",
        "customer_type": "kind",
        "type": "kind",
        "first_name": "given_name",
        "last_name": "family_name",
        "surname": "family_name",
        "company": "company_name",
        "full_name": "name",
        "customer_name": "name",
        "e_mail": "email",
        "email_address": "email",
        "telephone": "phone",
        "phone_number": "phone",
        "mobile": "phone",
        "status": "state",
        "tag": "tags",
        "timezone": "time_zone",
        "vat_number": "tax_id",
        "tax_number": "tax_id",
        "external": "external_id",
        "reference": "external_id",
        "street": "line1",
        "address": "line1",
        "address_line_1": "line1",
        "address_line_2": "line2",
        "zip": "postal_code",
        "zip_code": "postal_code",
        "postcode": "postal_code",
        "town": "city",
        "state_province": "region",
        "province": "region",
        "county": "region",
        "country_code": "country",
        "note": "notes",
    }
)


class Mode(StrEnum):
    """What a row does: make a customer, change one, or whichever fits.

    Who is meant is told by the number, without one by the external id.
    """

    CREATE = "create"
    UPDATE = "update"
    UPSERT = "upsert"


def fields_of(custom_fields: Iterable[FieldDefinition]) -> tuple[str, ...]:
    """All fields that a file of a tenant with these own fields can bring."""
    return (*FIELDS, *(f"{CUSTOM}{field.key}" for field in custom_fields))


def guessed(header: Sequence[str], fields: Iterable[str]) -> dict[str, str]:
    """Which column brings which of `fields`, by its name: `{"E-Mail": "email"}`.

    An own field is known with and without the `custom.` before it, unless the bare name is that of
    a field of every tenant.
    """
    known = {field.removeprefix(CUSTOM): field for field in reversed(list(fields))}
    found: dict[str, str] = {}
    for column in header:
        plain = re.sub(r"[^a-z0-9]+", "_", column.lower().removeprefix(CUSTOM)).strip("_")
        field = known.get(plain) or _OTHER_NAMES.get(plain)
        if field is not None and field not in found.values():
            found[column] = field
    return found


def problems_of(
    mapping: Mapping[str, str], header: Sequence[str], fields: Sequence[str]
) -> list[str]:
    """Why a mapping from columns to fields cannot be, one sentence each; empty where it can."""
    brought = list(mapping.values())
    problems = [f"The file has no column {column!r}." for column in mapping.keys() - {*header}]
    problems += [f"There is no field {field!r}." for field in {*brought} - {*fields}]
    problems += [
        f"Two columns bring {field!r}." for field in {*brought} if brought.count(field) > 1
    ]
    if not mapping:
        problems.append("No column brings anything: say which is what.")
    return sorted(problems)
