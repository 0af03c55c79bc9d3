"""What documents, operations and filters of SCIM mean, without a server."""

from __future__ import annotations

from typing import Any

import pytest

from dotmac_core_ops.errors import DomainError
from dotmac_identity.provisioning.errors import (
    InvalidScimFilterError,
    InvalidScimMessageError,
    InvalidScimPathError,
    InvalidScimValueError,
    NoPatchTargetError,
    ReadOnlyAttributeError,
)
from dotmac_identity.provisioning.filters import USER_ATTRIBUTES, Condition, read_filter
from dotmac_identity.provisioning.patching import operations_of, patched
from dotmac_identity.provisioning.person import DirectoryPerson, document_of, read_person
from dotmac_identity.provisioning.projection import projected
from dotmac_identity.provisioning.versions import is_named, version_of

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ANN = DirectoryPerson(
    user_name="Ann@example.com",
    email="ann@example.com",
    name="Ann Berg",
    given_name="Ann",
    family_name="Berg",
    external_id="7",
    locale="en",
    time_zone="Europe/Oslo",
)


def after(*operations: dict[str, Any], person: DirectoryPerson = ANN) -> DirectoryPerson:
    document = patched(document_of(person), operations_of({"Operations": list(operations)}))
    return read_person(document, person)


def changed(person: DirectoryPerson) -> dict[str, Any]:
    return {name: value for name, value in vars(person).items() if value != getattr(ANN, name)}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "replace", "path": "active", "value": False}, {"is_active": False}),
        ({"op": "Replace", "path": "ACTIVE", "value": "False"}, {"is_active": False}),
        ({"op": "replace", "value": {"active": "false"}}, {"is_active": False}),
        ({"op": "add", "path": f"{USER}:externalId", "value": "8"}, {"external_id": "8"}),
        ({"op": "remove", "path": "externalId"}, {"external_id": None}),
        ({"op": "remove", "path": "timezone"}, {"time_zone": None}),
        (
            {"op": "replace", "path": "name.familyName", "value": "Ek"},
            {"family_name": "Ek", "name": "Ann Ek"},
        ),
        (
            {"op": "add", "value": {"name": {"givenName": "Anna"}, "locale": "nb_no"}},
            {"given_name": "Anna", "name": "Anna Berg", "locale": "nb-NO"},
        ),
        ({"op": "replace", "value": {"name.formatted": "Dr Berg"}}, {"name": "Dr Berg"}),
        ({"op": "remove", "path": "name"}, {"given_name": None, "family_name": None}),
        (
            {"op": "replace", "path": "userName", "value": "Ann.Ek@example.com"},
            {"user_name": "Ann.Ek@example.com", "email": "ann.ek@example.com"},
        ),
        ({"op": "replace", "path": "userName", "value": "aek"}, {"user_name": "aek"}),
        (
            {"op": "Add", "path": 'emails[type eq "work"].value', "value": "a@x.example"},
            {"email": "a@x.example"},
        ),
        (
            {"op": "replace", "path": "emails[primary eq true].value", "value": "a@x.example"},
            {"email": "a@x.example"},
        ),
        (
            {"op": "add", "path": "emails", "value": [{"value": "a@x.example", "primary": True}]},
            {"email": "a@x.example"},
        ),
        ({"op": "add", "path": 'emails[type eq "home"].value', "value": "a@x.example"}, {}),
        ({"op": "add", "path": "emails", "value": [{"value": "a@x.example"}]}, {}),
        ({"op": "replace", "path": "title", "value": "Clerk"}, {}),
        ({"op": "add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "1"}, {}),
        ({"op": "add", "value": {"urn:x:2.0:User": {"manager": "1"}, "id": "8", "meta": {}}}, {}),
        ({"op": "replace", "value": {"displayName": "Ann Berg"}}, {}),
    ],
)
def test_an_operation_changes_what_it_is_about_and_nothing_else(
    operation: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert changed(after(operation)) == expected


@pytest.mark.parametrize(
    ("operation", "refusal"),
    [
        ({"op": "destroy", "path": "active"}, InvalidScimMessageError),
        ({"op": "replace", "path": 7}, InvalidScimMessageError),
        ({"op": "replace", "value": "False"}, InvalidScimMessageError),
        ({"op": "replace", "path": "name", "value": "Ann"}, InvalidScimMessageError),
        ({"op": "remove"}, NoPatchTargetError),
        ({"op": "replace", "path": 'emails[type eq "home"].value'}, NoPatchTargetError),
        ({"op": "replace", "path": "emails[type pr].value", "value": "x"}, InvalidScimPathError),
        ({"op": "replace", "path": "name..x", "value": "x"}, InvalidScimPathError),
        ({"op": "replace", "path": "id", "value": "x"}, ReadOnlyAttributeError),
        ({"op": "add", "path": "groups", "value": [{"value": "x"}]}, ReadOnlyAttributeError),
        ({"op": "remove", "path": "userName"}, ReadOnlyAttributeError),
        ({"op": "remove", "path": "emails"}, ReadOnlyAttributeError),
        ({"op": "remove", "path": 'emails[type eq "work"]'}, ReadOnlyAttributeError),
        ({"op": "replace", "path": "emails", "value": [7]}, InvalidScimValueError),
        ({"op": "replace", "path": "emails.value", "value": "nobody"}, InvalidScimValueError),
        ({"op": "replace", "path": "active", "value": "maybe"}, InvalidScimValueError),
        ({"op": "replace", "path": "displayName", "value": "x" * 201}, InvalidScimValueError),
    ],
)
def test_what_an_operation_cannot_do_is_refused(
    operation: dict[str, Any], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        after(operation)


def test_operations_are_done_in_their_order() -> None:
    first = {"op": "replace", "path": "externalId", "value": "8"}
    second = {"op": "remove", "path": "externalId"}

    assert after(first, second).external_id is None
    assert after(second, first).external_id == "8"


@pytest.mark.parametrize(
    ("document", "email", "name"),
    [
        ({"userName": "Bo@example.com"}, "bo@example.com", "Bo@example.com"),
        ({"USERNAME": "bo", "emails": ["Bo@example.com"]}, "bo@example.com", "bo"),
        (
            {
                "userName": "bo",
                "name": {"givenName": "Bo", "familyName": "Ek"},
                "emails": [
                    {"value": "home@example.com", "type": "home"},
                    {"value": "work@example.com", "type": "work"},
                ],
            },
            "work@example.com",
            "Bo Ek",
        ),
        (
            {
                f"{USER}:userName": "bo",
                "displayName": "Bosse",
                "emails": [
                    {"value": "work@example.com", "type": "work"},
                    {"value": "first@example.com", "primary": "True"},
                ],
            },
            "first@example.com",
            "Bosse",
        ),
    ],
)
def test_who_is_new_has_an_address_and_a_name(
    document: dict[str, Any], email: str, name: str
) -> None:
    person = read_person(document)

    assert (person.email, person.name, person.is_active) == (email, name, True)


def test_what_a_document_leaves_out_is_gone_but_for_what_an_account_needs() -> None:
    assert changed(read_person({"userName": "Ann@example.com"}, ANN)) == {
        "given_name": None,
        "family_name": None,
        "external_id": None,
        "time_zone": None,
    }


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ('userName eq "ann@example.com"', [Condition("userName", "ann@example.com")]),
        (f'{USER}:username EQ "a\\"b"', [Condition("userName", 'a"b')]),
        (
            'externalId eq "7" and active eq true',
            [Condition("externalId", "7"), Condition("active", value=True)],
        ),
        (
            'emails[type eq "work"].value eq "a and b" AND active eq "False" ',
            [Condition("emails.value", "a and b"), Condition("active", value=False)],
        ),
    ],
)
def test_a_filter_is_read(text: str, conditions: list[Condition]) -> None:
    assert list(read_filter(text, USER_ATTRIBUTES)) == conditions


@pytest.mark.parametrize(
    "text",
    [
        *("userName", "userName pr", 'userName co "a"', 'title eq "x"', 'userName eq "a'),
        *('userName eq "a" or active eq true', 'userName eq "a" and', 'not (userName eq "a")'),
        *('active eq "maybe"', 'userName eq "\\ud800"', '(userName eq "a")', "userName eq 7"),
    ],
)
def test_a_filter_that_is_not_answered_is_refused(text: str) -> None:
    with pytest.raises(InvalidScimFilterError):
        read_filter(text, USER_ATTRIBUTES)


def test_a_long_filter_is_read_in_no_time() -> None:
    with pytest.raises(InvalidScimFilterError):
        read_filter("emails[" * 5_000 + '"' * 5_000, USER_ATTRIBUTES)


RESOURCE = {
    "schemas": [USER],
    "id": "1",
    "userName": "ann",
    "name": {"givenName": "Ann", "familyName": "Berg"},
    "emails": [{"value": "a@x.example", "type": "work"}],
}


@pytest.mark.parametrize(
    ("attributes", "excluded", "left"),
    [
        ("username", None, {"userName": "ann"}),
        ("name.givenName, nothing", None, {"name": {"givenName": "Ann"}}),
        (f"{USER}:emails.value", "userName", {"emails": [{"value": "a@x.example"}]}),
        (
            None,
            "NAME,emails.type,id",
            {"userName": "ann", "emails": [{"value": "a@x.example"}]},
        ),
    ],
)
def test_of_a_resource_what_is_wanted_is_left(
    attributes: str | None, excluded: str | None, left: dict[str, Any]
) -> None:
    always = {"schemas": [USER], "id": "1"}

    assert projected(RESOURCE, attributes, excluded) == {**always, **left}


def test_a_version_is_another_as_soon_as_anything_differs() -> None:
    version = version_of(RESOURCE)

    assert version == version_of({**RESOURCE, "meta": {"lastModified": "later"}})
    assert version != version_of({**RESOURCE, "userName": "bo"})
    assert is_named(f'"x", {version}', version)
    assert is_named("*", version)
    assert not is_named('W/"x"', version)
