"""The generated documents are current, and every refusal has a code of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from dotmac_core_ops.errors import DomainError
from tests.architecture.tree import ROOT, layers, no_problems
from tools.reference import NOTICE, import_everything, one_line, pages


def all_kinds(kind: type[DomainError]) -> list[type[DomainError]]:
    below = [found for child in kind.__subclasses__() for found in all_kinds(child)]
    return [kind, *below]


def shared_codes(kinds: list[type[DomainError]]) -> Iterator[str]:
    """Codes that mean more than one refusal; a class without a code of its own is one of two."""
    by_code: dict[str, list[str]] = {}
    for kind in kinds:
        by_code.setdefault(kind.code, []).append(f"{kind.__module__}.{kind.__qualname__}")
    for code, names in by_code.items():
        if len(names) > 1:
            yield f"{code} is the code of {' and '.join(names)}"


def test_the_reference_says_what_the_code_says() -> None:
    # A process of its own: the tests define events and errors too.
    done = subprocess.run(
        [sys.executable, "tools/reference.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_every_refusal_has_a_code_of_its_own() -> None:
    import_everything()
    packages = {name for layer in layers() for name in layer}
    kinds = all_kinds(DomainError)
    no_problems(shared_codes([k for k in kinds if k.__module__.partition(".")[0] in packages]))


def test_two_refusals_with_one_code_are_found() -> None:
    class FirstError(DomainError):
        code = "SAMPLE"

    class SecondError(DomainError):
        code = "SAMPLE"

    assert len(list(shared_codes([FirstError, SecondError]))) == 1


def test_the_pages_cover_all_kinds_of_reference() -> None:
    written = {path.name: text for path, text in pages().items()}
    assert set(written) == {
        *("settings.md", "errors.md", "events.md", "permissions.md", "access.md", "cli.md"),
        ".env.example",
    }
    assert "DATABASE_URL" in written[".env.example"]
    assert written["errors.md"].startswith(NOTICE)


def test_a_table_cell_is_one_line() -> None:
    assert one_line("First\nsentence a|b.\n\nMore.") == "First sentence a\\|b."
