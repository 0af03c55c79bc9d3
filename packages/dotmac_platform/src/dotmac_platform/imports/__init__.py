"""Bringing data in from files."""

from dotmac_platform.imports.service import ImportResult, SubscriberImport, load_mapping

__all__ = ["ImportResult", "SubscriberImport", "load_mapping"]
