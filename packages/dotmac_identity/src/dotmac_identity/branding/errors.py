"""Refusals about branding."""

from __future__ import annotations

from dotmac_core_ops.errors import NotFoundError


class ImageNotFoundError(NotFoundError):
    """The tenant has no such image."""

    code = "BRANDING_IMAGE_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("There is no such image.")
