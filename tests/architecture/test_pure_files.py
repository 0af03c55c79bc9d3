"""In a feature folder, eight names touch the outside world; every other file only computes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.tree import SourceFile, no_problems, package_files

IMPURE_NAMES = {"models", "repository", "service", "handlers", "jobs", "schemas", "routes"}
IMPURE_FOLDERS = {"adapters", "migrations"}

# Packages without features of a business: they are the outside world, or join the others.
INFRASTRUCTURE = {
    "dotmac_core_ops": "talks to the database, disks and servers on behalf of all others",
    "dotmac_core_events": "is the outbox, the worker and the scheduler",
    "dotmac_api_gateway": "is HTTP",
    "dotmac_platform": "composes modules and is the command line",
}

OUTSIDE = {
    *("aiohttp", "aiosmtplib", "alembic", "asyncio", "asyncpg", "boto3", "fastapi", "glob"),
    *("httpx", "os", "redis", "requests", "secrets", "shutil", "signal", "smtplib", "socket"),
    *("sqlalchemy", "starlette", "subprocess", "tempfile", "threading", "time", "urllib.request"),
}
# They make identifiers in memory; everything else there is the database.
FROM_DATABASE = {"new_id", "new_ids"}
# Reading and writing are methods of Path; PurePath only computes names.
FROM_PATHLIB = {"PurePath", "PurePosixPath", "PureWindowsPath"}
CALLS = {"open", "print", "input"}


def is_pure(file: SourceFile) -> bool:
    inside = file.path.parts[1:]
    return (
        file.package not in INFRASTRUCTURE
        and len(inside) > 1
        and not IMPURE_FOLDERS & set(inside[:-1])
        and file.path.stem not in IMPURE_NAMES
    )


def impurities(file: SourceFile) -> Iterator[str]:
    for found in file.imports:
        if {found.module, found.module.partition(".")[0]} & OUTSIDE:
            yield file.at(found.line, f"a pure file imports {found.module}")
        elif found.module == "pathlib" and found.name not in FROM_PATHLIB:
            yield file.at(found.line, "a pure file takes PurePath, or text, not Path")
        elif found.module == "dotmac_core_ops.database" and found.name not in FROM_DATABASE:
            yield file.at(found.line, f"a pure file imports {found.name} of the database")
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            yield file.at(node.lineno, f"a pure file calls {node.func.id}()")


def test_pure_files_touch_nothing_outside() -> None:
    pure = [file for file in package_files() if is_pure(file)]
    no_problems(problem for file in pure for problem in impurities(file))


@pytest.mark.parametrize(
    "code",
    [
        "from sqlalchemy import select",
        "import sqlalchemy.orm",
        "from fastapi import Depends",
        "import os",
        "from pathlib import Path",
        "import urllib.request",
        "from dotmac_core_ops.database import Database",
        "rates = open('rates.csv')",
    ],
)
def test_a_pure_file_that_reaches_out_is_found(code: str) -> None:
    file = SourceFile.sample("dotmac_billing/invoicing/totals.py", code)
    assert is_pure(file)
    assert len(list(impurities(file))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "from pathlib import PurePosixPath",
        "from urllib.parse import quote",
        "from dotmac_core_ops.database import new_id",
        "from decimal import Decimal",
    ],
)
def test_a_pure_file_may_compute(code: str) -> None:
    file = SourceFile.sample("dotmac_billing/invoicing/totals.py", code)
    assert list(impurities(file)) == []


@pytest.mark.parametrize(
    "where",
    [
        "dotmac_billing/invoicing/repository.py",
        "dotmac_billing/adapters/stripe.py",
        "dotmac_billing/migrations/billing_0001_catalog.py",
        "dotmac_billing/factory.py",
        "dotmac_platform/cli/serve.py",
    ],
)
def test_files_that_may_reach_out_are_not_held_to_purity(where: str) -> None:
    assert not is_pure(SourceFile.sample(where, ""))
