"""All that is known about a person, as one archive."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO
from uuid import UUID


class Archive:
    """Writes a ZIP into `target`: `<folder>/<what>.json`, and files under `<folder>/files/`.

    A folder is a module's name, below `merged/<id>/` for customers that became part of this one.
    """

    def __init__(self, target: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)

    def add(self, folder: str, data: Mapping[str, Any]) -> None:
        """The rows that belong into a folder."""
        for name, rows in data.items():
            text = json.dumps(rows, default=_plain, indent=2, ensure_ascii=False)
            self._zip.writestr(f"{folder}/{name}.json", text)

    def add_file(self, folder: str, name: str, content: bytes) -> None:
        """A file; what would lead out of the folder is no part of its name."""
        safe = name.replace("/", "_").replace("\\", "_")
        self._zip.writestr(f"{folder}/files/{safe}", content)

    def close(self) -> None:
        """Finish it."""
        self._zip.close()


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    return str(value)
