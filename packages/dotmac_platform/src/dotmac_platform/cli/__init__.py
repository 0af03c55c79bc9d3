"""The `dotmac` command."""

from dotmac_platform.cli.program import main

__all__ = ["main"]
