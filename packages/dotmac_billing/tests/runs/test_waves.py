from datetime import date

import pytest

from dotmac_billing.runs.wave import chunk_limit, wave_end


@pytest.mark.parametrize(
    ("earliest", "through", "end"),
    [
        (date(2024, 2, 1), date(2026, 10, 31), date(2024, 2, 29)),
        (date(2024, 2, 29), date(2026, 10, 31), date(2024, 2, 29)),
        (date(2026, 10, 1), date(2026, 10, 15), date(2026, 10, 15)),
    ],
)
def test_a_wave_ends_with_its_month_or_with_the_run(
    earliest: date, through: date, end: date
) -> None:
    assert wave_end(earliest, through) == end


@pytest.mark.parametrize(
    ("due", "size", "limit"),
    [
        (0, 2000, 1),
        (1, 2000, 1),
        (300, 2000, 300),  # too few to share
        (3000, 2000, 1500),  # two lanes, evenly
        (4100, 2000, 1025),  # four chunks rather than three
        (1000, 100, 100),
        (5, 1, 1),
    ],
)
def test_chunks_occupy_both_lanes_evenly(due: int, size: int, limit: int) -> None:
    assert chunk_limit(due, size, lanes=2) == limit
