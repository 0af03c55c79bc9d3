from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_customers.filters.errors import InvalidFilterError
from dotmac_customers.filters.expression import Condition, Joined, Negated, parsed
from dotmac_customers.filters.fields import FIELDS, Askable, Op, ValueType, askable_fields
from dotmac_customers.filters.repository import Parameters, where
from dotmac_customers.tags.rule_tags import tags_asked
from dotmac_identity import FieldDefinition, FieldType

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLAN = FieldDefinition(
    uuid4(), "customer", "plan", "Plan", FieldType.CHOICE, options=("gold", "silver")
)


def read(document: object, fields: Any = FIELDS) -> Any:  # noqa: ANN401 - what the reader gives
    return parsed(document, fields, NOW)


def test_a_condition_is_read_with_its_type() -> None:
    assert read({"field": "state", "op": "eq", "value": "active"}) == Condition(
        "state", ValueType.CHOICE, Op.EQ, "active"
    )


def test_days_ago_count_back_from_now() -> None:
    found = read({"field": "created_at", "op": "lt", "value": {"days_ago": 90}})

    assert found.value == NOW - timedelta(days=90)


def test_parts_are_joined_and_negated() -> None:
    found = read(
        {"any": [{"not": {"field": "tag", "value": "vip"}}, {"field": "city", "value": "Umeå"}]}
    )

    assert isinstance(found, Joined)
    assert isinstance(found.parts[0], Negated)
    assert tags_asked(found) == {"vip"}


def test_a_custom_field_is_asked_by_its_key_and_its_options() -> None:
    fields = askable_fields([PLAN])

    assert fields["custom.plan"] == Askable(ValueType.CHOICE, frozenset({"gold", "silver"}))
    with pytest.raises(InvalidFilterError) as refusal:
        read({"field": "custom.plan", "op": "eq", "value": "tin"}, fields)
    assert refusal.value.details["known"] == ["gold", "silver"]


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ("state = 'active'", ""),
        ([], ""),
        ({"all": []}, "all"),
        ({"all": {}}, "all"),
        ({"field": "password"}, "field"),
        ({"field": "c.id; DROP TABLE x"}, "field"),
        ({"field": "state", "op": "contains", "value": "a"}, "op"),
        ({"field": "state", "op": "eq", "value": "asleep"}, "value"),
        ({"field": "state", "op": "in", "value": []}, "value"),
        ({"field": "name", "op": "eq", "value": ""}, "value"),
        ({"field": "name", "op": "eq", "value": "a\0"}, "value"),
        ({"field": "parent_id", "value": "me"}, "value"),
        ({"field": "created_at", "op": "lt", "value": "2026-11-20T00:00:00"}, "value"),
        ({"field": "created_at", "op": "lt", "value": {"days_ago": -1}}, "value"),
        ({"field": "created_at", "op": "is_set", "value": "yes"}, "value"),
        ({"all": [{"field": "name", "value": "a"}, {"field": "x"}]}, "all.1.field"),
        ({"not": {"not": {"not": {"not": {"not": {"not": {}}}}}}}, "not.not.not.not.not.not"),
    ],
)
def test_what_is_no_filter_is_refused_with_its_place(document: object, path: str) -> None:
    with pytest.raises(InvalidFilterError) as refusal:
        read(document)

    assert refusal.value.details["path"] == path


def test_a_filter_has_at_most_fifty_conditions() -> None:
    many = {"all": [{"field": "name", "value": "a"}] * 51}

    with pytest.raises(InvalidFilterError):
        read(many)


@given(st.text(min_size=1, max_size=40).filter(lambda text: "\0" not in text))
def test_no_value_ever_becomes_part_of_the_statement(text: str) -> None:
    parameters = Parameters()
    marked = f"marker-{text}"

    sql = where(
        read(
            {
                "all": [
                    {"field": "name", "op": "contains", "value": marked},
                    {"field": "tag", "op": "in", "value": [marked]},
                    {"field": "city", "op": "ne", "value": marked},
                ]
            }
        ),
        parameters,
    )

    assert "marker-" not in sql
    assert len(parameters.values) == 3
