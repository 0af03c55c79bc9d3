"""Files of these tests in folders of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dotmac_core_ops.files import DiskFiles, FileStore, keeping_files_in


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Iterator[FileStore]:
    """Where this test's files are."""
    kept = DiskFiles(tmp_path / "files")
    with keeping_files_in(kept):
        yield kept
