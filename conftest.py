"""For all tests of the repository: which of them need a server."""

from __future__ import annotations

import pytest

# Whoever asks for a database asks, through other fixtures, for one of these.
NEEDS_SERVER = {"server_url", "database_url"}
NEEDS_MORE = ("integration", "journey")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "unit: needs no server; set by itself")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that uses no server, so that `make test-unit` runs exactly those."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        marked = any(item.get_closest_marker(name) for name in NEEDS_MORE)
        if not marked and not fixtures & NEEDS_SERVER:
            item.add_marker(pytest.mark.unit)
