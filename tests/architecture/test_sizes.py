"""A file fits in the head: 400 lines, and 50 for a function, unless it says `# long: why`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import SourceFile, all_files, no_problems

FILE_LINES = 400
FUNCTION_LINES = 50
REASON = re.compile(r"# long: \S+ \S+")


def too_long(file: SourceFile) -> Iterator[str]:
    if len(file.lines) > FILE_LINES and not REASON.search(file.lines[0]):
        yield file.at(1, f"{len(file.lines)} lines; {FILE_LINES} is the most")
    for node in ast.walk(file.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            # The reason stands on one of the lines of the signature.
            signature = "\n".join(file.lines[node.lineno - 1 : node.body[0].lineno - 1])
            if length > FUNCTION_LINES and not REASON.search(signature):
                yield file.at(node.lineno, f"{node.name} has {length} lines")


def test_files_and_functions_stay_short() -> None:
    no_problems(problem for file in all_files() for problem in too_long(file))


def function_of(lines: int, comment: str = "") -> str:
    return f"def long() -> None:{comment}\n" + "    step()\n" * (lines - 1)


def test_a_long_function_is_found() -> None:
    assert list(too_long(SourceFile.sample("a/b.py", function_of(50)))) == []
    assert len(list(too_long(SourceFile.sample("a/b.py", function_of(51))))) == 1


def test_a_long_file_is_found() -> None:
    assert list(too_long(SourceFile.sample("a/b.py", "x = 1\n" * 400))) == []
    assert len(list(too_long(SourceFile.sample("a/b.py", "x = 1\n" * 401)))) == 1


def test_a_written_reason_allows_length() -> None:
    excused = function_of(60, "  # long: one table of the standard")
    assert list(too_long(SourceFile.sample("a/b.py", excused))) == []
    excused_file = "# long: the country list is one fact\n" + "x = 1\n" * 500
    assert list(too_long(SourceFile.sample("a/b.py", excused_file))) == []


def test_a_reason_needs_words() -> None:
    unexcused = function_of(60, "  # long:")
    assert len(list(too_long(SourceFile.sample("a/b.py", unexcused)))) == 1
