import gc

from dotmac_core_ops.collector import keep_for_good, rare_collections


def test_the_collector_is_as_before_when_the_last_work_ends() -> None:
    before = gc.get_threshold()

    with rare_collections():
        with rare_collections():
            pass
        during = gc.get_threshold()

    assert during[0] > before[0]
    assert gc.get_threshold() == before


def test_what_is_kept_for_good_is_not_looked_at_again() -> None:
    kept = [[n] for n in range(10)]

    try:
        keep_for_good()

        assert not any(one is kept for one in gc.get_objects())
    finally:
        gc.unfreeze()
    assert any(one is kept for one in gc.get_objects())
