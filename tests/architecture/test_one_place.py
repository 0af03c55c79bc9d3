"""Things that happen in exactly one place: committing, knowing HTTP status, reading the clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.tree import SourceFile, no_problems, package_files

COMMITS = "dotmac_core_ops/database/engine.py"
# Before any migration runs, Alembic's environment ends the transaction in which it took its role.
COMMITS_TOO = {"dotmac_core_ops/database/alembic_env/env.py"}
CLOCK = "dotmac_core_ops/clock.py"
SYSTEM_TIME = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.strftime"),
    *("func.now", "func.current_date", "func.current_timestamp", "func.localtimestamp"),
}
KNOWS_HTTP = "dotmac_api_gateway"


def dotted(node: ast.expr) -> str:
    """`datetime.datetime.now` of an attribute chain; '' where it starts with anything else."""
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else ""
    return node.id if isinstance(node, ast.Name) else ""


def commits(file: SourceFile) -> Iterator[str]:
    if str(file.path) in {COMMITS, *COMMITS_TOO}:
        return
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call | ast.Constant) and _is_commit(node):
            yield file.at(node.lineno, f"only {COMMITS} commits")


def _is_commit(node: ast.Call | ast.Constant) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    return isinstance(node.value, str) and node.value.strip(" ;\n").upper() == "COMMIT"


def http_exceptions(file: SourceFile) -> Iterator[str]:
    if file.package == KNOWS_HTTP:
        return
    for found in file.imports:
        if found.name in {"HTTPException", "StarletteHTTPException"}:
            yield file.at(found.line, "raise a DomainError; only the gateway knows HTTP status")
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and node.attr == "HTTPException":
            yield file.at(node.lineno, "raise a DomainError; only the gateway knows HTTP status")


def system_time(file: SourceFile) -> Iterator[str]:
    if str(file.path) == CLOCK:
        return
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Attribute):
            continue
        name = ".".join(dotted(node).split(".")[-2:])
        if name in SYSTEM_TIME:
            yield file.at(node.lineno, f"{name} reads the system time; ask a Clock")


def test_only_the_engine_commits() -> None:
    no_problems(problem for file in package_files() for problem in commits(file))


def test_only_the_gateway_knows_http_exceptions() -> None:
    no_problems(problem for file in package_files() for problem in http_exceptions(file))


def test_only_the_clock_reads_the_system_time() -> None:
    no_problems(problem for file in package_files() for problem in system_time(file))


@pytest.mark.parametrize("code", ["await session.commit()", "await run('COMMIT')"])
def test_a_commit_elsewhere_is_found(code: str) -> None:
    sample = f"async def save(session):\n    {code}\n"
    file = SourceFile.sample("dotmac_billing/invoicing/service.py", sample)
    assert len(list(commits(file))) == 1


@pytest.mark.parametrize(
    "code",
    ["from fastapi import HTTPException", "import fastapi\nraise fastapi.HTTPException(404)"],
)
def test_an_http_exception_below_the_gateway_is_found(code: str) -> None:
    file = SourceFile.sample("dotmac_billing/invoicing/routes.py", code)
    assert len(list(http_exceptions(file))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "time.time()",
        "mapped_column(default=datetime.now)",
        "mapped_column(server_default=func.now())",
    ],
)
def test_reading_the_system_time_is_found(code: str) -> None:
    file = SourceFile.sample("dotmac_billing/invoicing/service.py", code)
    assert len(list(system_time(file))) == 1


@pytest.mark.parametrize("code", ["clock.now()", "time.monotonic()", "self.clock.today(zone)"])
def test_a_clock_and_a_stopwatch_are_allowed(code: str) -> None:
    file = SourceFile.sample("dotmac_billing/invoicing/service.py", code)
    assert list(system_time(file)) == []
