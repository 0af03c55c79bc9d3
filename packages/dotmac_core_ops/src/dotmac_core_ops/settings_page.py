"""The settings described, for `docs/reference/settings.md` and `.env.example`; from the code."""

from collections.abc import Mapping
from enum import Enum
from textwrap import wrap

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

_INTRODUCTION = (
    "Read once at the start from the environment, over a `.env` file in the working directory, "
    "over the defaults. An empty value counts as not set. A wrong value stops the start with "
    "one line per mistake, naming the variable."
)


def as_markdown(fields: Mapping[str, FieldInfo]) -> str:
    """A Markdown page with a table for each group of settings."""
    lines = [
        "# Settings",
        "",
        _INTRODUCTION,
    ]
    for group, members in _grouped(fields).items():
        lines += ["", f"## {group}", "", "| Name | Default | Meaning |", "|---|---|---|"]
        lines += [
            f"| `{name}` | {f'`{_default(field)}`' if _default(field) else ''} "
            f"| {field.description} |"
            for name, field in members
        ]
    return "\n".join(lines) + "\n"


def as_env_file(fields: Mapping[str, FieldInfo]) -> str:
    """A commented-out line for every setting, with its default."""
    lines = [
        "# Copy to .env and take the # away from what you want to set.",
        "# Generated from the code: make docs",
    ]
    for group, members in _grouped(fields).items():
        lines += ["", f"# --- {group} ---"]
        for name, field in members:
            text = (field.description or "").replace("`", "")
            lines += [
                "",
                *(
                    f"# {line}"
                    for line in wrap(text, 96, break_on_hyphens=False, break_long_words=False)
                ),
            ]
            lines.append(f"#{name}={_default(field)}")
    return "\n".join(lines) + "\n"


def _grouped(fields: Mapping[str, FieldInfo]) -> dict[str, list[tuple[str, FieldInfo]]]:
    groups: dict[str, list[tuple[str, FieldInfo]]] = {}
    for name, field in fields.items():
        extra = field.json_schema_extra
        group = extra["group"] if isinstance(extra, dict) else "Other"
        groups.setdefault(str(group), []).append((name.upper(), field))
    return groups


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is None or value is PydanticUndefined or value == ():
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.value) if isinstance(value, Enum) else str(value)
