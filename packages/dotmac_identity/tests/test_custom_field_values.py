from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_identity import (
    FieldDefinition,
    FieldType,
    InvalidCustomFieldsError,
    checked_values,
    merged_values,
    portal_values,
    searchable_texts,
)

LEVELS = ("gold", "silver", "bronze")


def field(kind: FieldType, key: str = "x", **values: object) -> FieldDefinition:
    parts: dict[str, object] = {"label": "X", **values}
    return FieldDefinition(id=uuid4(), entity="thing", key=key, type=kind, **parts)  # type: ignore[arg-type] # any part


def problem(definition: FieldDefinition, value: object, *, partial: bool = False) -> str:
    with pytest.raises(InvalidCustomFieldsError) as refused:
        checked_values([definition], {"x": value}, partial=partial)
    (only,) = refused.value.problems
    assert only.path == "custom_fields.x"
    return only.code


@pytest.mark.parametrize(
    ("definition", "given_value", "stored"),
    [
        (field(FieldType.TEXT), " fibre ", "fibre"),
        (field(FieldType.TEXT, pattern="[A-Z]{2}[0-9]+"), "AB12", "AB12"),
        (field(FieldType.NUMBER), 1.5, 1.5),
        (field(FieldType.NUMBER), "0.1", 0.1),
        (field(FieldType.NUMBER), 2.0, 2),
        (field(FieldType.INTEGER), 7, 7),
        (field(FieldType.INTEGER, maximum=Decimal(7)), 7, 7),
        (field(FieldType.BOOLEAN), False, False),
        (field(FieldType.DATE, minimum=date(2026, 1, 1)), "2026-01-01", "2026-01-01"),
        (field(FieldType.CHOICE, options=LEVELS), "gold", "gold"),
        (field(FieldType.CHOICES, options=LEVELS), ["bronze", "gold"], ["gold", "bronze"]),
        (field(FieldType.URL), "https://example.com/a?b=1", "https://example.com/a?b=1"),
        (field(FieldType.EMAIL), " Ann@Example.COM", "ann@example.com"),
    ],
)
def test_a_value_that_fits_is_stored_so(
    definition: FieldDefinition, given_value: object, stored: object
) -> None:
    assert checked_values([definition], {"x": given_value}, partial=False) == {"x": stored}


@pytest.mark.parametrize(
    ("definition", "given_value", "code"),
    [
        (field(FieldType.TEXT), 5, "not_text"),
        (field(FieldType.TEXT), "a\0b", "invalid_character"),
        (field(FieldType.TEXT, maximum=Decimal(3)), "four", "too_long"),
        (field(FieldType.TEXT, minimum=Decimal(3)), "ab", "too_short"),
        (field(FieldType.TEXT, pattern="[A-Z]+"), "AB\nC", "pattern"),
        (field(FieldType.TEXT, pattern="a|b"), "ax", "pattern"),
        (field(FieldType.NUMBER), True, "not_a_number"),
        (field(FieldType.NUMBER), "NaN", "not_a_number"),
        (field(FieldType.NUMBER), "ten", "not_a_number"),
        (field(FieldType.NUMBER), "0.12345678901234567", "too_many_digits"),
        (field(FieldType.NUMBER), 1e300, "too_many_digits"),
        (field(FieldType.INTEGER), 1.5, "not_an_integer"),
        (field(FieldType.INTEGER, minimum=Decimal(1)), 0, "too_low"),
        (field(FieldType.INTEGER, maximum=Decimal(1)), 2, "too_high"),
        (field(FieldType.BOOLEAN), "true", "not_a_boolean"),
        (field(FieldType.DATE), "31.12.2026", "not_a_date"),
        (field(FieldType.DATE, maximum=date(2026, 1, 1)), "2026-01-02", "too_high"),
        (field(FieldType.CHOICE, options=LEVELS), "tin", "not_an_option"),
        (field(FieldType.CHOICES, options=LEVELS), "gold", "not_a_list"),
        (field(FieldType.CHOICES, options=LEVELS), ["gold", ["x"]], "not_an_option"),
        (field(FieldType.CHOICES, options=LEVELS, maximum=Decimal(1)), LEVELS[:2], "too_high"),
        (field(FieldType.URL), "javascript:alert(1)", "not_a_url"),
        (field(FieldType.URL), "example", "not_a_url"),
        (field(FieldType.EMAIL), "nobody", "not_an_email"),
        (field(FieldType.TEXT, is_required=True), None, "required"),
        (field(FieldType.TEXT, is_required=True), "", "required"),
        (field(FieldType.TEXT, is_archived=True), "old", "unknown_field"),
    ],
)
def test_a_value_that_does_not_fit_is_named(
    definition: FieldDefinition, given_value: object, code: str
) -> None:
    assert problem(definition, given_value) == code


def test_every_problem_is_told_at_once() -> None:
    fields = [field(FieldType.INTEGER, "age"), field(FieldType.DATE, "since", is_required=True)]

    with pytest.raises(InvalidCustomFieldsError) as refused:
        checked_values(fields, {"age": "old", "hobby": "chess"}, partial=False)

    assert {(one.path, one.code) for one in refused.value.problems} == {
        ("custom_fields.hobby", "unknown_field"),
        ("custom_fields.age", "not_a_number"),
        ("custom_fields.since", "required"),
    }


def test_what_is_missing_gets_its_default_when_a_thing_is_made() -> None:
    fields = [field(FieldType.CHOICE, options=LEVELS, default="silver", is_required=True)]

    assert checked_values(fields, {}, partial=False) == {"x": "silver"}


def test_a_change_touches_only_what_is_given_and_null_takes_a_value_away() -> None:
    fields = [
        field(FieldType.TEXT, "a", is_required=True),
        field(FieldType.TEXT, "b"),
        field(FieldType.TEXT, "c", default="d"),
    ]

    changes = checked_values(fields, {"b": None}, partial=True)

    assert merged_values({"a": "1", "b": "2", "old": "kept"}, changes) == {"a": "1", "old": "kept"}


def test_a_required_value_cannot_be_taken_away() -> None:
    assert problem(field(FieldType.TEXT, is_required=True), None, partial=True) == "required"


def test_what_is_searched_and_what_customers_see() -> None:
    fields = [
        field(FieldType.TEXT, "serial", is_searchable=True, is_portal_visible=True),
        field(FieldType.CHOICES, "levels", options=LEVELS, is_searchable=True),
        field(FieldType.TEXT, "remark"),
    ]
    values = {"serial": "SN-1", "levels": ["gold", "silver"], "remark": "slow payer"}

    assert searchable_texts(fields, values) == ["SN-1", "gold", "silver"]
    assert portal_values(fields, values) == {"serial": "SN-1"}


def test_a_pattern_cannot_be_made_to_run_for_ever() -> None:
    evil = field(FieldType.TEXT, pattern="(a+)+b", maximum=Decimal(100_000))

    assert problem(evil, "a" * 50_000) == "pattern"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=0, max_value=10**9))
def test_a_number_is_kept_exactly_however_it_is_written(number: Decimal) -> None:
    stored = checked_values([field(FieldType.NUMBER)], {"x": str(number)}, partial=False)["x"]

    assert Decimal(repr(stored)) == number
