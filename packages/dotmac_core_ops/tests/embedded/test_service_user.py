"""What happens when root starts the server, and when files belong to somebody else."""

import os
import pwd
import shutil
import stat
import sys
from pathlib import Path
from subprocess import CompletedProcess

import psutil
import pytest

from dotmac_core_ops.embedded import EmbeddedServer, EmbeddedServerError, find_binaries, layout
from dotmac_core_ops.embedded.binaries import Binaries
from dotmac_core_ops.embedded.commands import Commands, ServiceUser, run_as
from dotmac_core_ops.embedded.layout import may_enter, place_cluster, usable_by

from .conftest import Homes, query

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.geteuid() != 0, reason="root's case; other users run as themselves"),
]


@pytest.fixture
def system_directory(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for /var/lib/dotmac, so that nothing is left on this machine."""
    directory = homes.home.parent / "var"
    monkeypatch.setattr(layout, "SYSTEM_DIRECTORY", directory)
    return directory


@pytest.fixture
def somebody() -> ServiceUser:
    return ServiceUser.owning(_uid_of("nobody"))


def _python_of(user: ServiceUser, script: str, argument: Path) -> CompletedProcess[str]:
    """Run `script` as `user`, with this interpreter or, where that is closed to them, its like."""
    env = {"PYTHONPATH": ":".join(filter(None, sys.path)), "HOME": "/nonexistent"}
    like = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, like):
        if run_as(user, [python, "-c", "import sys"]).returncode == 0:
            return run_as(user, [python, "-c", script, argument], env=env)
    pytest.skip(f"needs a Python that {user.name} may run: apt-get install python3")


def _uid_of(name: str) -> int:
    return next(user.pw_uid for user in pwd.getpwall() if user.pw_name == name)


def _hand_over(root: Path, user: ServiceUser) -> None:
    for folder, folders, files in os.walk(root):
        for name in (".", *folders, *files):
            os.chown(Path(folder, name), user.uid, user.gid)


def test_the_server_does_not_run_as_root(homes: Homes) -> None:
    handle = homes.server().start()

    assert psutil.Process(handle.pid).uids().real != 0
    assert psutil.Process(handle.pid).gids().real != 0


async def test_a_cluster_that_belongs_to_somebody_is_run_as_that_user(
    homes: Homes, somebody: ServiceUser
) -> None:
    _hand_over(homes.cluster, somebody)

    handle = homes.server().start()

    assert psutil.Process(handle.pid).uids().real == somebody.uid
    assert await query(handle.url, "SELECT 1")


async def test_a_cluster_that_root_restored_is_handed_to_the_service_user(homes: Homes) -> None:
    _hand_over(homes.cluster, ServiceUser("root", 0, 0))

    handle = homes.server().start()

    assert await query(handle.url, "SELECT 1")
    assert (homes.cluster / "data" / "PG_VERSION").stat().st_uid == ServiceUser.system().uid


async def test_a_home_that_is_closed_to_the_service_user_stays_closed(
    homes: Homes, system_directory: Path
) -> None:
    closed = homes.home.parent / "closed"
    closed.mkdir(mode=0o700)
    hidden = homes.empty("closed/home")

    first = hidden.server().start()
    await query(first.url, "CREATE TABLE kept AS SELECT 7 AS value")
    hidden.stop_all()
    second = hidden.server().start()

    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert not (hidden.home / "postgres").exists()
    assert Path((hidden.home / "cluster_location").read_text().strip()).parent == system_directory
    assert await query(second.url, "TABLE kept") == [(7,)]


def test_a_remembered_cluster_that_is_missing_is_not_replaced_by_an_empty_one(
    homes: Homes,
) -> None:
    (homes.home / "cluster_location").write_text("/nonexistent/cluster\n")

    with pytest.raises(EmbeddedServerError, match="/nonexistent/cluster, which is missing"):
        homes.server().start()


def test_programs_that_are_closed_to_the_service_user_are_copied_and_stay_closed(
    homes: Homes, system_directory: Path
) -> None:
    closed = homes.home.parent / "closed"
    closed.mkdir(mode=0o700)
    original = find_binaries()
    for tree in original.trees:
        shutil.copytree(tree, closed / tree.relative_to(original.trees[0].parents[1]))
    trees = tuple(closed / t.relative_to(original.trees[0].parents[1]) for t in original.trees)
    hidden = Binaries(trees[0] / "bin", original.version, original.origin, trees)
    user = ServiceUser.system()

    copied = usable_by(user, hidden)

    assert copied.bin_dir.is_relative_to(system_directory)
    assert Commands(copied, user).succeeds("initdb", "--version")
    assert usable_by(user, hidden) == copied
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert not may_enter(user, closed)


def test_a_test_server_for_a_closed_directory_lives_elsewhere_and_is_removed(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o700)
    server = EmbeddedServer(tmp_path, for_tests=True)
    server.start()
    assert server._cluster is not None
    root = server._cluster.layout.root

    server.stop()

    assert not root.exists()


def test_another_user_is_told_whose_the_files_are(homes: Homes, somebody: ServiceUser) -> None:
    script = (
        "import sys; from pathlib import Path; from dotmac_core_ops.embedded import *\n"
        "try: EmbeddedServer(Path(sys.argv[1])).start()\n"
        "except WrongOwnerError as error: print(error)"
    )
    owner = place_cluster(homes.home, throwaway=False).user
    assert owner is not None

    done = _python_of(somebody, script, homes.home)

    assert f"belongs to {owner.name}, and this is nobody" in done.stdout, done.stderr


def test_an_ordinary_user_starts_and_stops_a_server_of_their_own(
    homes: Homes, somebody: ServiceUser
) -> None:
    home = homes.home.parent / "ordinary"
    home.mkdir(mode=0o700)
    os.chown(home, somebody.uid, somebody.gid)
    script = (
        "import sys; from pathlib import Path; from dotmac_core_ops.embedded import *\n"
        "with EmbeddedServer(Path(sys.argv[1])) as handle: print(handle.started_by_us)"
    )

    done = _python_of(somebody, script, home)

    assert done.stdout.strip() == "True", done.stderr
    assert (home / "postgres" / "data").stat().st_uid == somebody.uid
