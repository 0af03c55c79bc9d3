"""Habits of the repository itself: one version, reasons for exceptions, nothing of one machine."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator

import pytest

from tests.architecture.tree import ROOT, SourceFile, all_files, committed_texts, no_problems

# `file:/` and the rest stand apart, so that this file does not contain what it looks for.
MACHINE_PATH = re.compile(
    r"(?<![\w./<{-])/(?:home|Users)/[A-Za-z][\w.-]*/|(?<![\w./-])/(?:work|opt/pypi)/|file:/" + "//"
)
IGNORE_LISTS = re.compile(
    r"^(?:extend-)?ignore = \[\n.*?^\]"
    r"|^\[tool\.ruff\.lint\.per-file-ignores\]\n.*?(?=^\[|\Z)",
    re.MULTILINE | re.DOTALL,
)
CODE_IN_LIST = re.compile(r'"[A-Z]+[0-9]*"\s*,?')
EXCEPTION = re.compile(r"#\s*(?:noqa|type:\s*ignore|mypy:\s*ignore)\b[^#]*")
EXCEPTION_WITH_REASON = re.compile(
    r"#\s*(?:noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|type:\s*ignore\[[\w, -]+\])\s+\W*\w+\W+\w+"
)


def unreasoned_ignores(toml: str) -> Iterator[str]:
    """Lines of ruff's ignore lists without a comment that says why."""
    for section in IGNORE_LISTS.findall(toml):
        for line in section.splitlines():
            if CODE_IN_LIST.search(line) and not re.search(r"#\s*\S+ \S+", line):
                yield f"pyproject.toml: {line.strip()} has no reason"


def unreasoned_exceptions(file: SourceFile) -> Iterator[str]:
    for number, line in enumerate(file.lines, 1):
        if EXCEPTION.search(line) and not EXCEPTION_WITH_REASON.search(line):
            yield file.at(number, "an exception to a rule needs its code and a reason beside it")


def paths_of_a_machine(name: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            yield f"{name}:{number}: a path of one machine: {line.strip()[:80]}"


def test_all_packages_have_one_version() -> None:
    files = [ROOT / "pyproject.toml", *sorted(ROOT.glob("packages/*/pyproject.toml"))]
    versions = {tomllib.loads(file.read_text())["project"]["version"] for file in files}
    assert len(versions) == 1


def test_every_disabled_lint_rule_has_a_reason() -> None:
    no_problems(unreasoned_ignores((ROOT / "pyproject.toml").read_text()))


def test_every_exception_in_the_code_has_a_reason() -> None:
    no_problems(problem for file in all_files() for problem in unreasoned_exceptions(file))


def test_the_lock_names_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "--hash=sha256:" in lock
    assert [line for line in lock.splitlines() if "://" in line] == []


def unlocked(lock: str, declared: Iterable[str]) -> Iterator[str]:
    """Third-party distributions that are declared and that the lock does not pin."""
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    for requirement in declared:
        name = re.split(r"[^A-Za-z0-9_.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")
        if name not in locked | own_distributions():
            yield f"{name} is declared and not in requirements.lock; run `make lock`"


def own_distributions() -> set[str]:
    """The names of the packages of this repository, as pip knows them."""
    files = ROOT.glob("packages/*/pyproject.toml")
    return {tomllib.loads(file.read_text())["project"]["name"] for file in files}


def declared_dependencies() -> Iterator[str]:
    for file in [ROOT / "pyproject.toml", *sorted(ROOT.glob("packages/*/pyproject.toml"))]:
        settings = tomllib.loads(file.read_text())
        yield from settings["project"].get("dependencies", [])
        for extra in settings["project"].get("optional-dependencies", {}).values():
            yield from extra
        for group in settings.get("dependency-groups", {}).values():
            yield from group


def test_the_lock_pins_every_declared_dependency() -> None:
    no_problems(unlocked((ROOT / "requirements.lock").read_text(), declared_dependencies()))


def test_a_dependency_missing_from_the_lock_is_found() -> None:
    declared = ["ruff>=0.17", "Rich[all]>=14", "nowhere-to-be_found>=1", "dotmac-core-ops"]
    lock = "ruff==0.17.5 \\\n    --hash=x\nrich==14.0\n"
    assert len(list(unlocked(lock, declared))) == 1


def test_no_file_names_a_path_of_one_machine() -> None:
    texts = committed_texts()
    no_problems(problem for name, text in texts for problem in paths_of_a_machine(name, text))


def test_a_disabled_rule_without_reason_is_found() -> None:
    toml = (
        '[tool.ruff.lint]\nselect = ["ALL"]\nignore = [\n  "D100", # a name says it\n  "EM",\n]\n'
    )
    assert len(list(unreasoned_ignores(toml))) == 1
    per_file = '[tool.ruff.lint.per-file-ignores]\n"tests/**" = [\n  "S101",\n]\n'
    assert len(list(unreasoned_ignores(per_file))) == 1


@pytest.mark.parametrize("comment", ["no" + "qa", "no" + "qa: S608", "type: " + "ignore[attr]"])
def test_an_exception_without_reason_is_found(comment: str) -> None:
    file = SourceFile.sample("a/b.py", f"x = 1  # {comment}")
    assert len(list(unreasoned_exceptions(file))) == 1


def test_an_exception_with_reason_is_allowed() -> None:
    file = SourceFile.sample(
        "a/b.py", "x = 1  # " + "noqa: S608 - the name comes from the catalogue"
    )
    assert list(unreasoned_exceptions(file)) == []


@pytest.mark.parametrize("path", ["/work" + "/main/x", "/home" + "/ann/src", "file:/" + "//x"])
def test_a_path_of_one_machine_is_found(path: str) -> None:
    assert len(list(paths_of_a_machine("README.md", f"see {path} for more"))) == 1
