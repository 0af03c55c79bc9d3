"""What the tables of features name as proof is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.architecture.tree import ROOT, no_problems

# Each page, the package whose tests it names without a folder, and how many rows it has at least.
PAGES = [
    ("billing", "billing", 60),
    ("identity", "identity", 20),
    ("customers", "customers", 20),
    ("security", "identity", 25),
    ("maintenance", "unison", 18),
]
ROW = re.compile(r"^\|.*\| `([^`]+)` \|$", re.MULTILINE)
TABLE_LINE = re.compile(r"^\| (?!Row |Feature |Attack |---)[^|]+\|[^|]+\|[^|]*\|$", re.MULTILINE)


def missing_tests(page: str, package: str = "billing") -> Iterator[str]:
    """Rows without a test, and tests that are not there."""
    (tests,) = (ROOT / "packages").glob(f"*{package}/tests")
    proofs = ROW.findall(page)
    for line in TABLE_LINE.findall(page):
        if not ROW.match(line):
            yield f"no test is named: {line}"
    for proof in proofs:
        name, _, test = proof.partition("::")
        file = (ROOT if name.startswith(("packages/", "tests/")) else tests) / name
        if not file.is_file():
            yield f"{proof}: there is no such file"
        elif test and not re.search(rf"def {test}\(", file.read_text()):
            yield f"{proof}: the file has no such test"


@pytest.mark.parametrize(("name", "package", "rows"), PAGES)
def test_every_row_of_the_feature_table_names_a_test_that_exists(
    name: str, package: str, rows: int
) -> None:
    page = (ROOT / f"docs/guides/{name}.md").read_text()

    no_problems(missing_tests(page, package))
    assert len(ROW.findall(page)) > rows


def test_a_row_without_proof_is_found() -> None:
    page = (
        "| Row | Where | Shown by |\n|---|---|---|\n"
        "| Flat | `charges` | `charges/test_models.py::test_nowhere` |\n"
        "| Tiers | `charges` | `charges/nowhere.py` |\n"
        "| Peppol | `documents` | |\n"
    )

    assert len(list(missing_tests(page))) == 3
