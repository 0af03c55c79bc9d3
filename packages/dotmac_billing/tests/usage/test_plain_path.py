"""Which paths are answered without FastAPI's part."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dotmac_billing.usage.reading.plain_path import plain_id


def test_an_id_as_we_write_it_is_plain() -> None:
    subscription_id = uuid4()

    assert plain_id(str(subscription_id)) == subscription_id


@pytest.mark.parametrize("text", ["", "soon", uuid4().hex, f"{{{uuid4()}}}", f"{uuid4()}\n"])
def test_anything_else_is_left_to_the_route(text: str) -> None:
    assert plain_id(text) is None
