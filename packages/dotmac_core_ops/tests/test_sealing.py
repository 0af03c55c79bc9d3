"""What is sealed opens for its owner and its purpose only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotmac_core_ops.sealing import Sealer, UnsealableError

KEY = "a key of the installation, long and random"


@given(content=st.binary(max_size=300), about=st.binary(max_size=30))
def test_what_is_sealed_opens_again(content: bytes, about: bytes) -> None:
    sealer = Sealer(KEY, "tests")

    sealed = sealer.seal(content, about=about)

    assert Sealer(KEY, "tests").open(sealed, about=about) == content
    assert len(sealed) == len(content) + 29
    assert sealer.seal(content, about=about) != sealed


@pytest.mark.parametrize(
    ("key", "purpose", "about"),
    [
        ("another key of another installation", "tests", b"ann"),
        (KEY, "something else", b"ann"),
        (KEY, "tests", b"bob"),
    ],
)
def test_nobody_else_opens_it(key: str, purpose: str, about: bytes) -> None:
    sealed = Sealer(KEY, "tests").seal(b"secret", about=b"ann")

    with pytest.raises(UnsealableError):
        Sealer(key, purpose).open(sealed, about=about)


@given(place=st.integers(0, 34), flip=st.integers(1, 255))
def test_what_was_altered_does_not_open(place: int, flip: int) -> None:
    sealed = bytearray(Sealer(KEY, "tests").seal(b"secret"))
    sealed[place] ^= flip

    with pytest.raises(UnsealableError):
        Sealer(KEY, "tests").open(bytes(sealed))


@pytest.mark.parametrize("remains", [b"", b"\x01", b"\x01" + b"n" * 11, b"plain text"])
def test_what_was_never_sealed_does_not_open(remains: bytes) -> None:
    with pytest.raises(UnsealableError):
        Sealer(KEY, "tests").open(remains)
