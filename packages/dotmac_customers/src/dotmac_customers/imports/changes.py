"""What a row changes of a customer who is there, and what that customer was."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from dotmac_customers.profiles.naming import NAME_PARTS, renamed
from dotmac_customers.profiles.profile import CustomerKind, CustomerProfile, PostalAddress
from dotmac_customers.profiles.rows import plain
from dotmac_identity import merged_values


def differing(
    before: CustomerProfile, given: Mapping[str, Any], ruled_tags: Collection[str] = ()
) -> dict[str, Any]:
    """Those of the `given` fields that are something else now, with their new values.

    Own fields that are not given stay, and so do tags that a rule gives. A name that was made of
    the given, family or company name follows them.
    """
    wanted = dict(given)
    if "custom_fields" in wanted:
        wanted["custom_fields"] = merged_values(before.custom_fields, wanted["custom_fields"])
    if "tags" in wanted:
        kept = set(ruled_tags) & set(before.tags)
        wanted["tags"] = tuple(sorted({*wanted["tags"], *kept}))
    parts = {part: getattr(before, part) for part in ("name", *NAME_PARTS)}
    if (name := renamed(parts, wanted)) is not None:
        wanted["name"] = name
    return {name: value for name, value in wanted.items() if value != getattr(before, name)}


def kept(before: CustomerProfile, changed: Mapping[str, Any]) -> dict[str, Any]:
    """What the changed fields were, as JSON."""
    return {name: plain(getattr(before, name)) for name in changed}


def restored(before: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields from JSON, to be put back."""
    read: dict[str, Any] = dict(before)
    if "kind" in read:
        read["kind"] = CustomerKind(read["kind"])
    if "tags" in read:
        read["tags"] = tuple(read["tags"])
    if (address := read.get("address")) is not None:
        read["address"] = PostalAddress(**address)
    return read
