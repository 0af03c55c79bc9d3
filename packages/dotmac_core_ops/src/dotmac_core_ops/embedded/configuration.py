"""Server settings that DotMac chooses, from the machine's memory and the server's purpose."""

from pathlib import Path

MEGABYTE = 1024 * 1024
_LARGEST_BUFFERS = 2048 * MEGABYTE


def settings_for(memory: int, *, for_tests: bool) -> dict[str, str]:
    """Settings for `postgresql.conf` on a machine with `memory` bytes.

    What keeps data safe (fsync, synchronous_commit, full_page_writes) stays as PostgreSQL has
    it, switched on; only a throwaway test server turns it off.
    """
    buffers = min(memory // 4, _LARGEST_BUFFERS)
    chosen = {
        "max_connections": "200",
        "shared_buffers": _megabytes(buffers),
        "effective_cache_size": _megabytes(memory * 3 // 4),
        "work_mem": "16MB",
        "maintenance_work_mem": _megabytes(min(memory // 16, 512 * MEGABYTE)),
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        # The first mass of rows in a table that was nearly empty is planned as if it still were
        # (even the checks of its foreign keys) until statistics are fresh; a minute is too long.
        "autovacuum_naptime": "5s",
        "jit": "off",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_checkpoints": "off",
        # A statement that fails, or the detail of a broken key, carries personal data.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    if for_tests:
        chosen |= {
            "shared_buffers": _megabytes(min(buffers, 256 * MEGABYTE)),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "checkpoint_timeout": "1h",
            "autovacuum_naptime": "1min",
        }
    return chosen


def render(settings: dict[str, str]) -> str:
    """The lines of a configuration file."""
    return "".join(f"{name} = {value}\n" for name, value in settings.items())


def quoted(value: str | Path) -> str:
    """A value between single quotes, as `postgresql.conf` wants it."""
    return "'" + str(value).replace("'", "''") + "'"


def _megabytes(size: int) -> str:
    return f"{max(size // MEGABYTE, 16)}MB"
