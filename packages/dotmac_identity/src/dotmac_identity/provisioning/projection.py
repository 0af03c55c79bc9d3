"""The attributes of a resource that somebody wants to see (RFC 7644, section 3.9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dotmac_identity.provisioning.attribute_names import without_urn

_ALWAYS = frozenset({"schemas", "id"})


def projected(
    resource: Mapping[str, Any], attributes: str | None = None, excluded: str | None = None
) -> dict[str, Any]:
    """`resource` with `attributes` only, or without `excluded`; both are lists with commas.

    `schemas` and `id` are always there. Of both lists the first one counts.
    """
    if wanted := _names(attributes):
        return {
            name: value if name in _ALWAYS else _parts(name, value, wanted)
            for name, value in resource.items()
            if name in _ALWAYS or _is_wanted(name, wanted)
        }
    unwanted = _names(excluded)
    return {
        name: _without(name, value, unwanted)
        for name, value in resource.items()
        if name in _ALWAYS or name.lower() not in unwanted
    }


def _names(listed: str | None) -> frozenset[str]:
    found = (without_urn(name.strip()).lower() for name in (listed or "").split(","))
    return frozenset(name for name in found if name)


def _is_wanted(name: str, wanted: Iterable[str]) -> bool:
    return any(one.partition(".")[0] == name.lower() for one in wanted)


def _parts(name: str, value: Any, wanted: frozenset[str]) -> Any:  # noqa: ANN401 (any JSON)
    if name.lower() in wanted:
        return value
    return _of_each(value, lambda part: f"{name.lower()}.{part.lower()}" in wanted)


def _without(name: str, value: Any, unwanted: frozenset[str]) -> Any:  # noqa: ANN401 (any JSON)
    return _of_each(value, lambda part: f"{name.lower()}.{part.lower()}" not in unwanted)


def _of_each(value: Any, keeps: Any) -> Any:  # noqa: ANN401 (any JSON)
    if isinstance(value, list):
        return [_of_each(one, keeps) for one in value]
    if isinstance(value, Mapping):
        return {part: inner for part, inner in value.items() if keeps(part)}
    return value
