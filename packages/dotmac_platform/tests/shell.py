"""The command as people and scripts use it: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from multiprocessing import get_context
from pathlib import Path

from dotmac_platform.cli import main

# Loading the program takes longer than most commands: it is loaded once, and each command runs in
# a fresh copy of that process.
_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload(["dotmac_platform.cli.program"])
_LONGEST_SECONDS = 300
_PASSED_ON = ("PATH", "HOME", "LANG")


class Shell:
    """`dotmac` with a database, in a folder; what it writes and leaves with."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder
        self._streams = folder / ".streams"

    def __call__(
        self, *words: str, typed: str = "", **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `dotmac` with `words` and `typed` on its standard input, until it ends."""
        self._streams.mkdir(exist_ok=True)
        files = [self._streams / name for name in ("in", "out", "err")]
        for file, text in zip(files, (typed, "", ""), strict=True):
            file.write_text(text)
        surroundings = {
            **{key: os.environ[key] for key in _PASSED_ON if key in os.environ},
            "DATABASE_URL": self._url,
            "ENVIRONMENT": "test",
            **environ,
        }
        process = _PROCESSES.Process(
            target=run_command, args=(list(words), surroundings, self._folder, files)
        )
        process.start()
        process.join(_LONGEST_SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
        assert process.exitcode is not None
        return subprocess.CompletedProcess(
            ["dotmac", *words], process.exitcode, files[1].read_text(), files[2].read_text()
        )


def run_command(
    words: list[str], surroundings: dict[str, str], folder: Path, files: list[Path]
) -> None:
    """Be the command: its words, environment, folder and standard streams."""
    os.environ.clear()
    os.environ.update(surroundings)
    os.chdir(folder)
    for number, file in enumerate(files):
        opened = os.open(file, os.O_RDWR)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)
    sys.argv = ["dotmac", *words]
    main()
