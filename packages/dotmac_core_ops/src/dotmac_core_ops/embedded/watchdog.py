"""Ends a throwaway server when the process that wanted it dies, even by SIGKILL."""

import subprocess
from pathlib import Path

from dotmac_core_ops.embedded.commands import Commands, environment
from dotmac_core_ops.embedded.layout import ClusterLayout

# The pipe ends when its writer is gone, whatever the reason; a line through it means: stand down.
_SCRIPT = """
if read -r _; then exit 0; fi
"$1" stop -D "$2" -m immediate -w
rm -rf -- "$3"
"""


class Watchdog:
    """A small process, outside our process group, that waits for our end."""

    def __init__(self, commands: Commands, layout: ClusterLayout) -> None:
        user = layout.user
        self._process = subprocess.Popen(  # noqa: S603 # fixed script, our own paths
            [
                Path("/bin/sh"),
                "-c",
                _SCRIPT,
                "watchdog",
                commands.binaries.program("pg_ctl"),
                layout.data,
                layout.root,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=environment(commands.binaries),
            start_new_session=True,
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
        )

    def dismiss(self) -> None:
        """The server is stopped: nothing to watch any more."""
        self._process.communicate(b"\n")
