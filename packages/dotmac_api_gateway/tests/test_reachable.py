"""Which refusals code can reach."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import pytest

from dotmac_api_gateway.reachable import reachable_refusals
from dotmac_core_ops.errors import ConflictError, DomainError, NotFoundError
from dotmac_core_ops.http import InvalidSortError, sort_order


class LostError(NotFoundError):
    """Not to be found."""

    code = "SAMPLE_LOST"


class TornError(ConflictError):
    """Not whole."""

    code = "SAMPLE_TORN"


class Repository:
    def by_id(self, found: bool) -> str:
        if not found:
            raise LostError("lost")
        return "kite"

    def tear(self) -> None:
        raise TornError("torn")


class Service:
    def __init__(self) -> None:
        self.repository = Repository()

    @property
    def first(self) -> str:
        return self.repository.by_id(found=True)


class Torn:
    """An event, on account of which something runs."""


def logged(function: Callable[[Repository], None]) -> Callable[[Repository], None]:
    @wraps(function)
    def inner(repository: Repository) -> None:
        function(repository)

    return inner


def reads() -> str:
    return Service().first


@logged
def writes(repository: Repository) -> None:
    def inner() -> None:
        repository.tear()

    inner()


def announces() -> Torn:
    return Torn()


def sorts() -> tuple[str, bool]:
    return sort_order("name", ["name"])


def nothing() -> int:
    return 1


HERE = [__name__]


@pytest.mark.parametrize(
    ("root", "refusals"),
    [
        (reads, {LostError}),
        (sorts, {InvalidSortError}),
        (nothing, set()),
        (announces, set()),
        (Repository.tear, {TornError}),
    ],
)
def test_what_is_named_is_reached(root: object, refusals: set[type[DomainError]]) -> None:
    assert reachable_refusals([root], packages=HERE) == refusals


def test_methods_are_reached_by_name_once_their_class_is() -> None:
    assert reachable_refusals([writes], packages=HERE) == set()
    assert reachable_refusals([writes, Repository], packages=HERE) == {TornError}


def test_what_runs_on_account_of_an_event_is_reached() -> None:
    assert reachable_refusals([announces], {Torn: [reads]}, packages=HERE) == {LostError}
