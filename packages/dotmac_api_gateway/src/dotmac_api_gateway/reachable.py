"""Which refusals a function can come to raise: every one that code it can reach names.

Found by following names through the compiled code, without running anything. A call such as
`self.plans.add(…)` does not say which class it means, so a method counts as reached when its class
is reached and its name occurs in reached code. That finds somewhat too much and nothing too little,
as long as names are written out: what is only looked up by a computed name is not seen.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import CodeType, FunctionType, ModuleType
from typing import Any, TypeAlias

from dotmac_core_ops.errors import DomainError

_OURS = ("dotmac_",)

Refusal: TypeAlias = type[DomainError]
"""A kind of refusal."""


def reachable_refusals(
    roots: Iterable[object],
    follow: Mapping[type, Sequence[Callable[..., Any]]] | None = None,
    *,
    packages: Iterable[str] = (),
) -> set[Refusal]:
    """The refusals that `roots` (functions, classes, callables) can raise.

    `follow` says what runs on account of a class: reactions to an event in the same transaction.
    `packages` are entered beside our own.
    """
    walk = _Walk(follow or {}, (*_OURS, *packages))
    for root in roots:
        walk.meet(root)
    walk.finish()
    return walk.refusals


class _Walk:
    def __init__(
        self, follow: Mapping[type, Sequence[Callable[..., Any]]], packages: tuple[str, ...]
    ) -> None:
        self._packages = packages
        self.refusals: set[Refusal] = set()
        self._follow = follow
        self._names: set[str] = set()
        self._functions: set[FunctionType] = set()
        self._classes: dict[type, set[str]] = {}  # with the names of methods not reached yet
        self._waiting: list[FunctionType] = []

    def meet(self, value: object) -> None:
        """Take note of something that reached code names."""
        value = inspect.unwrap(value) if callable(value) else value
        if isinstance(value, staticmethod | classmethod):
            value = value.__func__
        if isinstance(value, FunctionType):
            if value not in self._functions and value.__module__.startswith(self._packages):
                self._functions.add(value)
                self._waiting.append(value)
        elif isinstance(value, type):
            self._meet_class(value)
        elif inspect.ismethod(value):
            self.meet(value.__func__)
        elif type(value).__module__.startswith(self._packages) and callable(value):
            self.meet(type(value).__call__)

    def finish(self) -> None:
        """Follow everything met until nothing new turns up."""
        while self._waiting:
            while self._waiting:
                self._enter(self._waiting.pop())
            for kind, names in list(self._classes.items()):
                for name in names & self._names:
                    names.discard(name)
                    self._meet_member(kind, name)

    def _meet_class(self, kind: type) -> None:
        if not kind.__module__.startswith(self._packages) or kind in self._classes:
            return
        if issubclass(kind, DomainError):
            if "code" in vars(kind):
                self.refusals.add(kind)
            return
        self._classes[kind] = set(vars(kind))
        self._names |= {"__init__", "__post_init__", "__aenter__", "__aexit__"}
        for base in kind.__bases__:
            self._meet_class(base)
        for reaction in self._follow.get(kind, ()):
            self.meet(reaction)

    def _meet_member(self, kind: type, name: str) -> None:
        member = vars(kind)[name]
        if isinstance(member, property):
            member = member.fget
        self.meet(member)

    def _enter(self, function: FunctionType) -> None:
        for code in _with_inner(function.__code__):
            self._names |= set(code.co_names)
            for name in code.co_names:
                found = function.__globals__.get(name)
                if isinstance(found, ModuleType):
                    self._meet_parts(found, code)
                elif found is not None:
                    self.meet(found)
        for cell in function.__closure__ or ():
            self.meet(cell.cell_contents)

    def _meet_parts(self, module: ModuleType, code: CodeType) -> None:
        if module.__name__.startswith(self._packages):
            for name in code.co_names:
                if (part := vars(module).get(name)) is not None:
                    self.meet(part)


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _with_inner(constant)
