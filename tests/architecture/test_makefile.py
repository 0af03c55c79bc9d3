"""Promised commands exist, and a machine that lacks something is told what."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, committed_texts, no_problems

PROMISED = {
    *("install-dev", "up", "test", "test-unit", "test-integration", "test-package", "lint"),
    *("format", "type-check", "check", "security", "deps-check", "complexity-report", "bench"),
    *("migration", "module", "client", "docs", "lock", "clean", "help"),
    *("web", "web-dev", "web-check", "web-journeys"),
}
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")
COMMAND = re.compile(r"`make ([a-z-]+)|^make ([a-z-]+)", re.MULTILINE)


def broken_links(name: str, text: str) -> Iterator[str]:
    for target in LINK.findall(text):
        if not (ROOT / name).parent.joinpath(target).exists():
            yield f"{name}: {target} does not exist"


def unknown_commands(name: str, text: str) -> Iterator[str]:
    for match in COMMAND.finditer(text):
        if (match[1] or match[2]) not in PROMISED:
            yield f"{name}: make {match[1] or match[2]} does not exist"


def documents() -> list[tuple[str, str]]:
    return [(name, text) for name, text in committed_texts() if name.endswith(".md")]


def test_help_lists_every_target() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(re.findall(r"^ +make ([a-z-]+) ", listed.stdout, re.MULTILINE)) == PROMISED


@pytest.mark.parametrize("target", sorted(PROMISED))
def test_a_target_has_a_recipe(target: str) -> None:
    planned = subprocess.run(
        ["make", "--dry-run", "--always-make", target, "PACKAGE=billing", "MESSAGE=x", "NAME=x"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert planned.returncode == 0, planned.stderr
    assert planned.stdout.strip()


def planned(*arguments: str) -> str:
    """What make would run; a make around this one has no say in it."""
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    done = subprocess.run(
        ["make", "--dry-run", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_architecture_is_tested_by_check_and_by_test_and_once_by_the_build_server() -> None:
    of_the_build_server = re.findall(r"^make (.+)$", (ROOT / ".ci/run").read_text(), re.MULTILINE)
    calls = [call for run in of_the_build_server for call in pytest_calls(planned(*run.split()))]

    assert [call.split()[-1] for call in pytest_calls(planned("check"))] == ["tests/architecture"]
    assert len(pytest_calls(planned("test"))) == 1
    assert calls == pytest_calls(planned("test"))
    assert not re.search("ignore|deselect|-k|-m|tests/", calls[0])


def pytest_calls(plan: str) -> list[str]:
    return re.findall(r"^.*\bpytest .*$", plan, re.MULTILINE)


def test_documents_link_to_what_exists() -> None:
    no_problems(problem for document in documents() for problem in broken_links(*document))


def test_documents_name_commands_that_exist() -> None:
    no_problems(problem for document in documents() for problem in unknown_commands(*document))


def test_a_broken_link_and_an_unknown_command_are_found() -> None:
    assert len(list(broken_links("docs/x.md", "[a](nowhere.md) [b](README.md)"))) == 1
    assert len(list(unknown_commands("x.md", "`make test`, `make coffee`\nmake tea\n"))) == 2


def bootstrap(tmp_path: Path, python3: str) -> subprocess.CompletedProcess[str]:
    """Run the bootstrap on a machine whose only program is this `python3`."""
    program = tmp_path / "python3"
    program.write_text(f"#!/bin/sh\n{python3}\n")
    program.chmod(0o755)
    return subprocess.run(
        ["/bin/sh", "tools/bootstrap.sh", str(tmp_path / "venv")],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_too_old_a_python_is_named(tmp_path: Path) -> None:
    done = bootstrap(tmp_path, 'case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac')
    assert done.returncode == 1
    assert "Python 3.11 or newer; this machine has: Python 3.9.2" in done.stderr


def test_a_python_without_venv_names_the_package_to_install(tmp_path: Path) -> None:
    done = bootstrap(
        tmp_path,
        'case "$2" in *ensurepip*) exit 1;; *print*) echo 3.12;; *) exit 0;; esac',
    )
    assert done.returncode == 1
    assert "apt-get install python3.12-venv" in done.stderr
