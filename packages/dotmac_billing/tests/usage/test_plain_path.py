"""Which paths are answered without FastAPI's part."""

from __future__ import annotations

from uuid import UUID

import pytest

from dotmac_billing.usage.reading.plain_path import plain_id

ID = UUID("0198f1c2-7d4e-7a00-8b00-000000000001")


def test_an_id_as_we_write_it_is_plain() -> None:
    subscription_id = ID

    assert plain_id(str(subscription_id)) == subscription_id


@pytest.mark.parametrize("text", ["", "soon", ID.hex, f"{{{ID}}}", f"{ID}\n"])
def test_anything_else_is_left_to_the_route(text: str) -> None:
    assert plain_id(text) is None
