"""YAML in and out, exactly: a price is the decimal that was written, never a binary float.

Of YAML's ways to write things only those that mean the same to every reader: `no` and `20:00` are
text, numbers are decimal, a day is `2026-12-01`; no anchors and aliases, no key twice.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from decimal import Decimal
from typing import Any

import yaml

from dotmac_billing.price_lists.errors import UnreadablePriceListError

MOST_CHARACTERS = 2_000_000
DEEPEST = 20


class _Reader(yaml.SafeLoader):
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise _refused("Write it out: anchors and aliases are not read.", self.get_mark())
        self.depth += 1
        if self.depth > DEEPEST:
            problem = f"Nothing lies more than {DEEPEST} levels deep."
            raise _refused(problem, self.get_mark())
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _refused(problem: str, mark: yaml.Mark) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


_Reader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"~|null|", ["~", "n", ""]),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)\.[0-9]+", "-0123456789"),
    ("timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "0123456789"),
):
    _Reader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$", re.ASCII), list(_first)
    )


def _decimal(_: _Reader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(node.value))


def _whole(_: _Reader, node: yaml.ScalarNode) -> int | Decimal:
    return int(Decimal(str(node.value)))


def _text(_: _Reader, node: yaml.ScalarNode) -> str:
    text = str(node.value)
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise _refused("Not a text.", node.start_mark)
    return text


def _mapping(reader: _Reader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    read: dict[Hashable, Any] = {}
    for key_node, value_node in node.value:
        key = reader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            problem = "A name is text; put it in quotes."
            raise _refused(problem, key_node.start_mark)
        if key in read:
            problem = f"{key!r} stands here twice."
            raise _refused(problem, key_node.start_mark)
        read[key] = reader.construct_object(value_node, deep=True)
    return read


_Reader.add_constructor("tag:yaml.org,2002:float", _decimal)
_Reader.add_constructor("tag:yaml.org,2002:int", _whole)
_Reader.add_constructor("tag:yaml.org,2002:str", _text)
_Reader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(text: str) -> object:
    """What the text says: mappings, lists, text, whole numbers, Decimals, days, true and false.

    Raises:
        UnreadablePriceListError: no YAML of the kind above, more than one document, too long or
            too deep; the details have line and column, counted from 1.
    """
    if len(text) > MOST_CHARACTERS:
        raise UnreadablePriceListError(f"It has more than {MOST_CHARACTERS:,} characters.")
    try:
        reader = _Reader(text)
        return reader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = {} if mark is None else {"line": mark.line + 1, "column": mark.column + 1}
        raise UnreadablePriceListError(str(error.problem or error), **where) from error
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadablePriceListError(str(error)) from error


class _Writer(yaml.SafeDumper):
    def ignore_aliases(self, _: object) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 (lists are indented)
        super().increase_indent(flow, indentless=False)


def _written_decimal(writer: _Writer, value: Decimal) -> yaml.ScalarNode:
    return writer.represent_scalar("tag:yaml.org,2002:float", f"{value:f}")


_Writer.add_representer(Decimal, _written_decimal)


def write_yaml(document: object) -> str:
    """The document as text, in its own order; `read_yaml` reads the same again."""
    return yaml.dump(document, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=100)
