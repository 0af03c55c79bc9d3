"""The versions of interfaces, and which platforms this package works in."""

from __future__ import annotations

from typing import Final

from dotmac_billing.library.errors import PlatformIncompatibleError

__version__: Final = "0.1.0"
__author__: Final = "DotMac"
__email__: Final = "support@dotmac.dev"

API_VERSION: Final = "v1"
SDK_VERSION: Final = __version__
PLATFORM_API_VERSION: Final = "1.0"
PLATFORM_COMPATIBLE_VERSIONS: Final = ["1.0", "1.1"]
MIN_PLATFORM_VERSION: Final = "1.0"


def require_compatible_platform(version: str) -> None:
    """Refuse a platform whose interface this package does not know; `"1.1.3"` counts as `"1.1"`.

    Raises:
        PlatformIncompatibleError: not one of `PLATFORM_COMPATIBLE_VERSIONS`, or no version at all.
    """
    parts = version.split(".")
    if not all(part.isdecimal() for part in parts) or ".".join(parts[:2]) not in (
        PLATFORM_COMPATIBLE_VERSIONS
    ):
        raise PlatformIncompatibleError(version, PLATFORM_COMPATIBLE_VERSIONS)
