"""The embedded server's life: started, shared, killed, damaged, stopped."""

import os
import signal
import socket
import stat
import subprocess
import tempfile
from pathlib import Path

import asyncpg
import psutil
import pytest
from sqlalchemy.engine import make_url

from dotmac_core_ops.embedded import (
    EmbeddedServer,
    EmbeddedServerError,
    MajorVersionMismatchError,
    ServerStartError,
    find_binaries,
)
from dotmac_core_ops.embedded.commands import Commands
from dotmac_core_ops.embedded.layout import place_cluster

from .conftest import Homes, query, run_python

pytestmark = pytest.mark.integration


def is_running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def test_a_stopped_server_comes_back_with_its_data_at_the_same_address(homes: Homes) -> None:
    server = homes.server()
    before = server.start()
    await query(before.url, "CREATE TABLE kept AS SELECT 7 AS value")
    server.stop()

    after = server.start()

    assert after.started_by_us
    assert after.url == before.url
    assert await query(after.url, "TABLE kept") == [(7,)]


async def test_a_second_user_joins_and_leaves_without_stopping_it(homes: Homes) -> None:
    first = homes.server().start()
    second = homes.server()

    joined = second.start()
    second.stop()

    assert (joined.url, joined.pid) == (first.url, first.pid)
    assert (first.started_by_us, joined.started_by_us) == (True, False)
    assert await query(first.url, "SELECT 1")


async def test_the_last_one_out_stops_it_even_if_another_started_it(homes: Homes) -> None:
    starter, guest = homes.server(), homes.server()
    pid = starter.start().pid
    url = guest.start().url

    starter.stop()

    assert await query(url, "SELECT 1")
    guest.stop()
    assert not is_running(pid)


def test_stopping_twice_or_without_starting_does_nothing(homes: Homes) -> None:
    server = homes.server()
    server.stop()
    server.start()
    server.stop()

    server.stop()


async def test_a_server_that_an_administrator_started_is_used_and_left_running(
    homes: Homes,
) -> None:
    homes.server().start()
    homes.stop_all()
    layout = place_cluster(homes.home, throwaway=False)
    by_hand = Commands(find_binaries(), layout.user)
    by_hand.run("pg_ctl", "start", "-w", "-D", layout.data, "-l", layout.log)
    server = homes.server()

    handle = server.start()
    assert await query(handle.url, "SELECT 1")
    server.stop()

    assert not handle.started_by_us
    assert is_running(handle.pid)
    by_hand.run("pg_ctl", "stop", "-w", "-D", layout.data)


async def test_a_killed_server_recovers_what_was_committed(homes: Homes) -> None:
    first = homes.server().start()
    await query(first.url, "CREATE TABLE kept AS SELECT 7 AS value")
    os.kill(first.pid, signal.SIGKILL)

    second = homes.server().start()

    assert second.started_by_us
    assert await query(second.url, "TABLE kept") == [(7,)]


@pytest.mark.parametrize("other", ["this program", "another cluster's server"])
def test_a_stale_pid_file_that_names_another_process_is_no_hindrance(
    homes: Homes, running: Homes, other: str
) -> None:
    killed = homes.server().start()
    pid_file = homes.cluster / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    os.kill(killed.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(killed.pid)] if psutil.pid_exists(killed.pid) else [], 10)
    pid = os.getpid() if other == "this program" else running.server().start().pid
    pid_file.write_text("\n".join([str(pid), *lines[1:]]) + "\n")

    assert homes.server().start().started_by_us
    assert is_running(pid)


async def test_a_port_that_was_taken_meanwhile_is_replaced(homes: Homes) -> None:
    server = homes.server()
    before = server.start()
    server.stop()
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", make_url(before.url).port or 0))
        squatter.listen()

        after = server.start()

    assert after.url != before.url
    assert await query(after.url, "SELECT 1")


def test_processes_that_start_at_once_share_one_server(homes: Homes) -> None:
    script = (
        "import sys; from pathlib import Path; from dotmac_core_ops.embedded import *\n"
        "with EmbeddedServer(Path(sys.argv[1])) as handle:\n"
        "    print(handle.url, flush=True); sys.stdin.read()"
    )
    started = [run_python(script, homes.home) for _ in range(3)]

    urls = {process.stdout.readline() for process in started if process.stdout}
    for process in started:
        process.communicate()

    assert len(urls) == 1
    assert [process.returncode for process in started] == [0, 0, 0]
    assert not (homes.cluster / "data" / "postmaster.pid").exists()


def test_an_interrupted_initdb_is_begun_anew(homes: Homes) -> None:
    homes = homes.empty()
    half = homes.home / "postgres" / "data.new"
    half.mkdir(parents=True, mode=0o700)
    (half / "PG_VERSION").write_text("18\n")

    assert homes.server().start().started_by_us


def test_an_interrupted_set_up_is_finished_at_the_next_start(homes: Homes) -> None:
    server = homes.server()
    before = server.start()
    server.stop()
    (homes.cluster / "password").unlink()

    after = server.start()

    assert make_url(after.url).password != make_url(before.url).password


def test_a_lost_superuser_password_is_said_to_be_lost(homes: Homes) -> None:
    server = homes.server()
    server.start()
    server.stop()
    (homes.cluster / "password").unlink()
    (homes.cluster / "superuser_password").unlink()

    with pytest.raises(EmbeddedServerError, match="superuser_password is missing"):
        server.start()


def test_data_of_a_major_version_that_is_not_here_is_refused_with_the_way_out(
    homes: Homes,
) -> None:
    (homes.cluster / "data" / "PG_VERSION").write_text("14\n")

    with pytest.raises(MajorVersionMismatchError) as refused:
        homes.server().start()

    assert "written by PostgreSQL 14" in str(refused.value)
    assert "dotmac db backup" in str(refused.value)
    assert "dotmac db restore" in str(refused.value)


def test_data_of_another_major_version_than_the_chosen_programs_is_refused(
    homes: Homes, postgres_15: Path
) -> None:
    with pytest.raises(MajorVersionMismatchError, match=r"on this machine: 15\."):
        EmbeddedServer(homes.home, bin_dir=postgres_15).start()


async def test_data_of_an_older_major_version_that_is_here_gets_its_own_server(
    homes: Homes, postgres_15: Path
) -> None:
    old = homes.empty()
    old.server(bin_dir=postgres_15).start()
    old.stop_all()

    handle = old.server().start()

    assert handle.version.startswith("15.")
    assert (await query(handle.url, "SELECT upper('ä')"))[0][0] == "Ä"


def test_permissions_that_a_copy_widened_are_narrowed_again(homes: Homes) -> None:
    (homes.cluster / "data").chmod(0o755)

    homes.server().start()

    assert stat.S_IMODE((homes.cluster / "data").stat().st_mode) == 0o700


def test_a_damaged_configuration_ends_with_what_the_server_said(homes: Homes) -> None:
    (homes.cluster / "data" / "local.conf").write_text("work_mem = much\n")

    with pytest.raises(ServerStartError, match="work_mem"):
        homes.server().start()


async def test_local_conf_has_the_last_word(homes: Homes) -> None:
    (homes.cluster / "data" / "local.conf").write_text("work_mem = 5MB\n")

    handle = homes.server().start()

    assert (await query(handle.url, "SHOW work_mem"))[0][0] == "5MB"


@pytest.mark.parametrize("name", ["it's a home", "x" * 120])
async def test_a_home_with_an_awkward_name_works(
    homes: Homes, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = homes.empty("t").home
    temporary.mkdir(mode=0o755)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    awkward = homes.empty(name)

    handle = awkward.server().start()

    assert await query(handle.url, "SELECT 1")
    awkward.stop_all()
    assert not list(temporary.iterdir())


async def test_libpq_variables_of_the_caller_lead_nothing_astray(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGHOST", "PGDATA", "PGOPTIONS", "PGSERVICE"):
        monkeypatch.setenv(name, "nonsense")
    monkeypatch.setenv("PGPORT", "1")
    fresh = homes.empty()

    handle = fresh.server().start()

    monkeypatch.undo()
    assert await query(handle.url, "SELECT 1")


async def test_the_log_keeps_no_personal_data_of_failed_statements(homes: Homes) -> None:
    handle = homes.server().start()
    await query(handle.url, "CREATE TABLE people (email text PRIMARY KEY)")
    await query(handle.url, "INSERT INTO people VALUES ('ann@example.org')")

    with pytest.raises(asyncpg.UniqueViolationError):
        await query(handle.url, "INSERT INTO people VALUES ('ann@example.org')")

    log = (homes.cluster / "server.log").read_text()
    assert "duplicate key" in log
    assert "ann@example.org" not in log


def test_a_test_server_leaves_nothing_behind(homes: Homes) -> None:
    fresh = homes.empty()
    server = fresh.server(for_tests=True)
    pid = server.start().pid

    server.stop()

    assert not is_running(pid)
    assert not (fresh.home / "postgres").exists()


def test_a_test_server_ends_when_its_process_is_killed(homes: Homes) -> None:
    fresh = homes.empty()
    script = (
        "import sys; from pathlib import Path; from dotmac_core_ops.embedded import *\n"
        "print(EmbeddedServer(Path(sys.argv[1]), for_tests=True).start().pid, flush=True)\n"
        "sys.stdin.read()"
    )
    owner = run_python(script, fresh.home)
    assert owner.stdout is not None
    postmaster = psutil.Process(int(owner.stdout.readline()))

    owner.kill()
    owner.communicate()

    postmaster.wait(timeout=20)


def test_an_interrupted_program_stops_its_server(homes: Homes) -> None:
    script = (
        "import sys; from pathlib import Path; from dotmac_core_ops.embedded import *\n"
        "with EmbeddedServer(Path(sys.argv[1])) as handle:\n"
        "    print(handle.pid, flush=True); sys.stdin.read()"
    )
    program = run_python(script, homes.home, stderr=subprocess.DEVNULL)
    assert program.stdout is not None
    pid = int(program.stdout.readline())

    os.killpg(program.pid, signal.SIGINT)
    program.communicate()

    assert not is_running(pid)
