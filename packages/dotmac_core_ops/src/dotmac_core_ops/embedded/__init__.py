"""DotMac's own PostgreSQL server, for a machine where nobody has set one up."""

from dotmac_core_ops.embedded.backup import back_up, restore
from dotmac_core_ops.embedded.binaries import Binaries, find_binaries, installations
from dotmac_core_ops.embedded.errors import (
    BackupError,
    CommandFailedError,
    EmbeddedServerError,
    MajorVersionMismatchError,
    NoServerFoundError,
    ServerStartError,
    WrongOwnerError,
)
from dotmac_core_ops.embedded.server import EmbeddedServer, ServerHandle
from dotmac_core_ops.embedded.testing import test_server

__all__ = [
    "BackupError",
    "Binaries",
    "CommandFailedError",
    "EmbeddedServer",
    "EmbeddedServerError",
    "MajorVersionMismatchError",
    "NoServerFoundError",
    "ServerHandle",
    "ServerStartError",
    "WrongOwnerError",
    "back_up",
    "find_binaries",
    "installations",
    "restore",
    "test_server",
]
