"""Inside a feature: (routes | handlers | jobs) → service → repository → models, and good names."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.architecture.tree import SourceFile, no_problems, package_files

HEIGHTS = {"models": 0, "repository": 1, "service": 2, "handlers": 3, "jobs": 3, "routes": 3}
# package, feature, module: what has fewer parts stands at the package's root and joins features.
FEATURE_DEPTH = 2
# Their folders are parts of one machine, not features of a business.
INFRASTRUCTURE = {"dotmac_core_ops", "dotmac_core_events", "dotmac_api_gateway", "dotmac_platform"}
# Every one of these ends as a drawer for what nobody named.
NAMELESS = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}


def wrong_directions(file: SourceFile) -> Iterator[str]:
    folder = ".".join(file.path.parent.parts)
    height = HEIGHTS.get(file.path.stem)
    if height is None:
        return
    for found in file.imports:
        if found.module == folder:
            target = found.name or ""
        else:
            parent, _, target = found.module.rpartition(".")
            if parent != folder:
                continue
        if target != file.path.stem and HEIGHTS.get(target, -1) >= height:
            yield file.at(found.line, f"{file.path.stem} imports {target}")


def feature_of(module: str) -> str | None:
    """`dotmac_billing.invoicing` of anything inside that folder; None at the package's root."""
    parts = module.split(".")
    return ".".join(parts[:2]) if len(parts) > FEATURE_DEPTH else None


def cycles(files: Iterable[SourceFile]) -> Iterator[str]:
    """Features that need each other, by the imports of their files."""
    needs: dict[str, set[str]] = {}
    for file in files:
        feature = feature_of(".".join(file.path.with_suffix("").parts))
        if file.package in INFRASTRUCTURE or feature is None:
            continue
        for found in file.imports:
            other = feature_of(f"{found.module}.{found.name}")
            if other and other != feature and other.startswith(f"{file.package}."):
                needs.setdefault(feature, set()).add(other)
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        yield " → ".join(reversed(error.args[1]))


def nameless(file: SourceFile) -> Iterator[str]:
    for part in (*file.path.parts[1:-1], file.path.stem):
        if part in NAMELESS:
            yield file.at(1, f"name {part!r} for what it computes")


def handled_in_a_route(file: SourceFile) -> Iterator[str]:
    if file.path.stem != "routes":
        return
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Try | ast.TryStar):
            yield file.at(node.lineno, "the gateway turns errors into answers, a route does not")


def test_the_files_of_a_feature_look_downwards() -> None:
    no_problems(problem for file in package_files() for problem in wrong_directions(file))


def test_features_form_no_cycle() -> None:
    no_problems(cycles(package_files()))


def test_modules_are_named_for_what_they_do() -> None:
    no_problems(problem for file in package_files() for problem in nameless(file))


def test_routes_do_not_catch_errors() -> None:
    no_problems(problem for file in package_files() for problem in handled_in_a_route(file))


@pytest.mark.parametrize(
    ("stem", "code"),
    [
        ("repository", "from dotmac_billing.invoicing.service import InvoiceService"),
        ("models", "from dotmac_billing.invoicing.repository import InvoiceRepository"),
        ("service", "from dotmac_billing.invoicing import routes"),
        ("service", "from .jobs import bill_run"),
        ("handlers", "import dotmac_billing.invoicing.routes"),
    ],
)
def test_a_file_that_looks_upwards_is_found(stem: str, code: str) -> None:
    file = SourceFile.sample(f"dotmac_billing/invoicing/{stem}.py", code)
    assert len(list(wrong_directions(file))) == 1


def test_another_feature_is_no_part_of_the_direction() -> None:
    code = "from dotmac_billing.ledger.service import LedgerService"
    file = SourceFile.sample("dotmac_billing/invoicing/service.py", code)
    assert list(wrong_directions(file)) == []


def test_features_that_need_each_other_are_found() -> None:
    invoicing = SourceFile.sample(
        "dotmac_billing/invoicing/service.py", "from dotmac_billing.ledger.service import post"
    )
    ledger = SourceFile.sample(
        "dotmac_billing/ledger/service.py", "from dotmac_billing.invoicing.models import Invoice"
    )
    assert list(cycles([invoicing])) == list(cycles([ledger])) == []
    assert len(list(cycles([invoicing, ledger]))) == 1


@pytest.mark.parametrize("where", ["dotmac_billing/utils.py", "dotmac_billing/common/dates.py"])
def test_a_module_without_a_name_of_its_own_is_found(where: str) -> None:
    assert len(list(nameless(SourceFile.sample(where, "")))) == 1


def test_a_try_in_a_route_is_found() -> None:
    code = """
        async def read(invoice_id: UUID) -> None:
            try:
                await find(invoice_id)
            except InvoiceNotFoundError:
                return None
    """
    file = SourceFile.sample("dotmac_billing/invoicing/routes.py", code)
    assert len(list(handled_in_a_route(file))) == 1
