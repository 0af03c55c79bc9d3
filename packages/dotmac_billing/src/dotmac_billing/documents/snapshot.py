"""Who sold and who bought, as an issued invoice keeps them: text in jsonb that never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from dotmac_billing.documents.document import Party

_FIELDS = tuple(field.name for field in fields(Party))


def party_json(party: Party) -> dict[str, str]:
    """The party as jsonb keeps it; what is not known is left out."""
    values = {name: getattr(party, name) for name in _FIELDS}
    return {name: value for name, value in values.items() if value is not None}


def party_from(kept: Mapping[str, Any]) -> Party:
    """The party again; a key that this version does not know is passed over.

    `party_from(party_json(party)) == party` for every party.
    """
    values = {name: kept[name] for name in _FIELDS if kept.get(name) is not None}
    return Party(**{"name": "", **values})
