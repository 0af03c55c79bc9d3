"""What is written and announced for a customer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import orjson

from dotmac_core_ops.database import new_id
from dotmac_customers.profiles.events import CustomerChanged, CustomerCreated
from dotmac_customers.profiles.profile import (
    POSTAL,
    CreatedCustomer,
    CustomerProfile,
    Level,
    NewCustomer,
    PostalAddress,
)
from dotmac_customers.profiles.search_terms import (
    FIELD,
    TAG,
    WORD,
    field_term,
    search_terms,
    sort_name,
)
from dotmac_identity import FieldDefinition, searchable_texts

Row = tuple[Any, ...]
"""Values in the order of the columns named beside it."""

TAG_SEPARATOR = "\x1f"
"""Between the tags of a customer on their way to the database; a tag holds no control character."""

ADDRESS_COLUMNS = (
    *("id", "customer_id", "kind", "line1", "line2", "city", "region", "postal_code", "country"),
)
FIELDS_OF_ADDRESS = ("line1", "line2", "city", "region", "postal_code", "country")
EVENT_COLUMNS = (
    "c.id, c.number, c.name, c.kind, c.email, c.external_id, c.time_zone, (SELECT a.country "
    "FROM customers.addresses a "
    "WHERE a.customer_id = c.id AND a.kind = 'mailing' AND a.is_primary) AS country"
)
"""What `stored_event` needs of a customer `c`."""

TERM_COLUMNS = ("kind", "term", "customer_id")


def customer_row(made: CreatedCustomer, new: NewCustomer) -> Row:
    """The row of a new customer, in order of the repository's statement."""
    return (
        *(made.id, made.number, new.name, sort_name(new.name), new.kind.value),
        *(new.email, new.phone, new.state.value),
        new.state_reason.value if new.state_reason else None,
        TAG_SEPARATOR.join(new.tags),
        *(new.external_id, new.notes, new.currency, new.time_zone),
        *(new.given_name, new.family_name, new.company_name, new.tax_id, new.registration_number),
        *(new.language, (new.level or Level.ACCOUNT).value, new.parent_id, new.assignee_id),
        orjson.dumps(dict(new.custom_fields), default=str).decode() if new.custom_fields else "{}",
    )


def address_row(made: CreatedCustomer, address: PostalAddress) -> Row:
    """The row of its postal address, in order of `ADDRESS_COLUMNS`."""
    return (
        *(new_id(), made.id, POSTAL, address.line1, address.line2),
        *(address.city, address.region, address.postal_code, address.country),
    )


def term_rows(
    made: CreatedCustomer, new: NewCustomer, fields: Sequence[FieldDefinition] = ()
) -> Iterator[Row]:
    """The rows it is found by, in order of `TERM_COLUMNS`."""
    for term in word_terms(new.name, made.number, new, fields):
        yield (WORD, term, made.id)
    for tag in new.tags:
        yield (TAG, tag, made.id)
    for term in field_terms(new.custom_fields, fields):
        yield (FIELD, term, made.id)


class Findable(Protocol):
    """What besides name and number a customer is found by."""

    @property
    def email(self) -> str | None:
        """Its e-mail address."""

    @property
    def external_id(self) -> str | None:
        """What another system calls it."""

    @property
    def custom_fields(self) -> Mapping[str, Any]:
        """Values by key."""


def word_terms(
    name: str, number: str, customer: Findable, fields: Sequence[FieldDefinition]
) -> set[str]:
    """The words that find a customer."""
    texts = searchable_texts(fields, customer.custom_fields)
    return search_terms(name, number, customer.email, customer.external_id, texts)


def field_terms(values: Mapping[str, Any], fields: Sequence[FieldDefinition]) -> set[str]:
    """The terms of the values of searchable custom fields."""
    if not values:
        return set()
    return {
        field_term(field.key, text)
        for field in fields
        for text in searchable_texts([field], values)
    }


def created_event(made: CreatedCustomer, new: NewCustomer) -> CustomerCreated:
    """The fact that it was made."""
    return CustomerCreated(
        customer_id=made.id,
        number=made.number,
        customer_name=new.name,
        kind=new.kind.value,
        state=new.state.value,
        email=new.email,
        external_id=new.external_id,
        currency=new.currency,
        time_zone=new.time_zone,
        country=new.address.country if new.address else None,
    )


def changed_event(customer: CustomerProfile, changed: Mapping[str, Any]) -> CustomerChanged:
    """The fact that the fields `changed` are different now."""
    return CustomerChanged(
        customer_id=customer.id,
        number=customer.number,
        customer_name=customer.name,
        kind=customer.kind.value,
        email=customer.email,
        external_id=customer.external_id,
        time_zone=customer.time_zone,
        country=customer.address.country if customer.address else None,
        changed=tuple(sorted(changed)),
    )


class Stored(Protocol):
    """A row of the database."""

    def __getitem__(self, column: str, /) -> Any:  # noqa: ANN401 - whatever the column holds
        """The value of a column."""


def stored_event(row: Stored, changed: Iterable[str]) -> CustomerChanged:
    """The same of a row with the columns of `EVENT_COLUMNS`."""
    return CustomerChanged(
        customer_id=row["id"],
        number=row["number"],
        customer_name=row["name"],
        kind=row["kind"],
        email=row["email"],
        external_id=row["external_id"],
        time_zone=row["time_zone"],
        country=row["country"],
        changed=tuple(sorted(changed)),
    )


def plain(value: object) -> object:
    """`value` as an audit row or JSON can hold it."""
    if isinstance(value, PostalAddress):
        return {field: getattr(value, field) for field in FIELDS_OF_ADDRESS}
    return list(value) if isinstance(value, tuple) else value
