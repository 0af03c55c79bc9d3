"""A stream is cut so that calls side by side do not wait for each other."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from dotmac_billing.usage.streaming.batches import batches


def test_lists_of_full_length_have_no_owner_in_common() -> None:
    numbered = list(enumerate([0, 1, 2] * 4))

    cut = list(batches(numbered, 4, shares=3, whose=lambda owner: owner))

    assert [[owner for _, owner in batch] for batch in cut] == [[0] * 4, [1] * 4, [2] * 4]


def test_a_short_stream_is_one_list_in_its_order() -> None:
    numbered = list(enumerate("abcabc"))

    assert list(batches(numbered, 10, shares=3, whose=lambda owner: owner)) == [numbered]


def test_no_more_is_read_than_a_list_needs() -> None:
    read: list[int] = []

    def stream() -> Iterator[tuple[int, str]]:
        for n in range(100):
            read.append(n)
            yield n, "only one"

    next(batches(stream(), 5, shares=3, whose=lambda owner: owner))

    assert len(read) == 5


@given(st.lists(st.integers(0, 5)), st.integers(1, 7), st.integers(1, 4))
def test_every_item_is_in_one_list(owners: list[int], size: int, shares: int) -> None:
    numbered = list(enumerate(owners))

    cut = list(batches(numbered, size, shares=shares, whose=lambda owner: owner))

    assert sorted(item for batch in cut for item in batch) == numbered
    assert [len(batch) for batch in cut[:-1]] == [size] * (len(cut) - 1)
