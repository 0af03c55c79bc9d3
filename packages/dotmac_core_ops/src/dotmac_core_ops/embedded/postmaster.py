"""Reading `postmaster.pid`: is a server running on a data directory, and where?"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_LINES = 6  # pid, data directory, start time, port, socket directory, listen address


@dataclass(frozen=True)
class Postmaster:
    """A running (or at least recorded) server process.

    Attributes:
        pid: process number.
        identity: process number and start time; a reused number has another start time.
        port: on loopback.
        ready: whether it said that it accepts connections.
    """

    pid: int
    identity: str
    port: int
    ready: bool


def recorded_postmaster(data: Path) -> Postmaster | None:
    """What `postmaster.pid` says, whether or not the process still lives."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < _LINES or not (lines[0].isdigit() and lines[3].isdigit()):
        return None
    ready = lines[-1].strip() == "ready"
    return Postmaster(int(lines[0]), f"{lines[0]} {lines[2]}", int(lines[3]), ready)


def live_postmaster(data: Path) -> Postmaster | None:
    """The server running on `data`, if there is one."""
    recorded = recorded_postmaster(data)
    return recorded if recorded and serves(recorded.pid, data) else None


def serves(pid: int, data: Path) -> bool:
    """Whether process `pid` exists and is a PostgreSQL server that works in `data`.

    After a crash or in a fresh container the recorded number often belongs to something else,
    even to the server of another cluster. In doubt the answer is yes.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it lives, as another user
    command = _command_of(pid)
    return ("postgres" in command or "postmaster" in command) and _works_in(pid, data)


def _works_in(pid: int, data: Path) -> bool:
    link = Path(f"/proc/{pid}/cwd")
    try:
        return link.samefile(data)
    except PermissionError:
        return True
    except FileNotFoundError:  # it ended just now, or this system has no /proc
        return not Path("/proc/self").exists()


def _command_of(pid: int) -> str:
    try:
        # A zombie, ended but not yet waited for, has an empty command line.
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return ""
    ps = shutil.which("ps") or "/bin/ps"
    done = subprocess.run(  # noqa: S603 # fixed program, a number
        [ps, "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout
