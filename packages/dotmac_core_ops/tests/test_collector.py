import gc

from dotmac_core_ops.collector import rare_collections


def test_the_collector_is_as_before_when_the_last_work_ends() -> None:
    before = gc.get_threshold()

    with rare_collections():
        with rare_collections():
            pass
        during = gc.get_threshold()

    assert during[0] > before[0]
    assert gc.get_threshold() == before
