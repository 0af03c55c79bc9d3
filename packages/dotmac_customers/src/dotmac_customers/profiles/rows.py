"""What is written and announced for a customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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
from dotmac_customers.profiles.search_terms import TAG, WORD, search_terms, sort_name

Row = tuple[Any, ...]
"""Values in the order of the columns named beside it."""

TAG_SEPARATOR = "\x1f"
"""Between the tags of a customer on their way to the database; a tag holds no control character."""

ADDRESS_COLUMNS = (
    *("id", "customer_id", "kind", "line1", "line2", "city", "region", "postal_code", "country"),
)
FIELDS_OF_ADDRESS = ("line1", "line2", "city", "region", "postal_code", "country")
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


def term_rows(made: CreatedCustomer, new: NewCustomer) -> Iterator[Row]:
    """The rows it is found by, in order of `TERM_COLUMNS`."""
    for term in search_terms(new.name, made.number, new.email, new.external_id):
        yield (WORD, term, made.id)
    for tag in new.tags:
        yield (TAG, tag, made.id)


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


def plain(value: object) -> object:
    """`value` as an audit row or JSON can hold it."""
    if isinstance(value, PostalAddress):
        return {field: getattr(value, field) for field in FIELDS_OF_ADDRESS}
    return list(value) if isinstance(value, tuple) else value
