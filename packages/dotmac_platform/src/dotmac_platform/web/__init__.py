"""Serving the web app that is built from `web/`."""

from dotmac_platform.web.pages import BUILT, Pages

__all__ = ["BUILT", "Pages"]
