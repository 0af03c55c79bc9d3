"""What a file can bring, said so that somebody can write one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dotmac_customers.imports.columns import CUSTOM, EXAMPLE, FIELDS, ONLY_WHEN_NEW
from dotmac_identity import FieldDefinition, FieldType

_LABELS = {
    "external_id": "External id",
    "email": "E-mail address",
    "tags": "Tags, with ; between them",
    "tax_id": "Tax number",
    "line1": "Address, first line",
    "line2": "Address, second line",
    "country": "Country (ISO 3166-1)",
    "currency": "Currency (ISO 4217)",
    "time_zone": "Time zone (IANA)",
    "language": "Language (BCP 47)",
}


def fields_with_examples(own_fields: Sequence[FieldDefinition]) -> list[dict[str, Any]]:
    """Each field with its label and an example, in the order of the template."""
    described = [
        {
            "name": name,
            "label": _LABELS.get(name, name.replace("_", " ").capitalize()),
            "is_custom": False,
            "only_when_new": name in ONLY_WHEN_NEW,
            "example": EXAMPLE.get(name, ""),
        }
        for name in FIELDS
    ]
    described += [
        {
            "name": f"{CUSTOM}{field.key}",
            "label": field.label,
            "is_custom": True,
            "only_when_new": False,
            "example": _example(field),
        }
        for field in own_fields
    ]
    return described


def template_rows(own_fields: Sequence[FieldDefinition]) -> list[list[str]]:
    """The header, and a row that shows what is meant."""
    described = fields_with_examples(own_fields)
    return [[one["name"] for one in described], [one["example"] for one in described]]


def _example(field: FieldDefinition) -> str:
    if field.options:
        count = 2 if field.type is FieldType.CHOICES else 1
        return ";".join(field.options[:count])
    return {
        FieldType.NUMBER: "12.5",
        FieldType.INTEGER: "12",
        FieldType.BOOLEAN: "yes",
        FieldType.DATE: "2026-12-31",
        FieldType.URL: "https://example.com",
        FieldType.EMAIL: "ann@example.com",
    }.get(field.type, "")
