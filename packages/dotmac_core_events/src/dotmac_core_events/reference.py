"""The page that lists every event there is."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from pydantic.fields import FieldInfo

from dotmac_core_events.event import Event, registered_events


def events_reference() -> str:
    """All events of the packages imported so far, with their fields, as Markdown."""
    lines = ["# Events", "", "What modules announce. Fields are only ever added.", ""]
    for cls in registered_events().values():
        lines += _event(cls)
    return "\n".join(lines).rstrip() + "\n"


def _event(cls: type[Event]) -> Iterator[str]:
    yield f"## `{cls.name}`"
    yield ""
    yield inspect.getdoc(cls) or ""
    yield ""
    if cls.model_fields:
        yield "| field | type | |"
        yield "|---|---|---|"
        yield from (_field(name, field) for name, field in cls.model_fields.items())
    else:
        yield "No fields."
    yield ""


def _field(name: str, field: FieldInfo) -> str:
    remark = field.description or ""
    if not field.is_required():
        default = "computed" if field.default_factory else f"`{field.default}`"
        remark = f"{remark} Default {default}.".strip()
    kind = inspect.formatannotation(field.annotation).replace("|", "\\|")
    return f"| `{name}` | `{kind}` | {remark} |"
