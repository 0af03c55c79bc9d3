"""What may go wrong on the way to a receiver, and what becomes of the document then."""

from __future__ import annotations

from dotmac_billing.peppol.access_points import open_access_point_by
from dotmac_billing.peppol.adapters.storecove import Storecove
from dotmac_billing.peppol.errors import AccessPointNotConfiguredError
from dotmac_billing.peppol.sending.jobs import deliver_peppol
from dotmac_billing.peppol.submission import Accepted, Submission
from dotmac_core_ops.module import JobContext

from .conftest import ADDRESS, Network, error
from .storecove_standin import KEY, Standin

OPEN = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND state LIKE 'idle in transaction%'
"""


async def test_a_refusal_is_told_and_what_is_mended_is_sent_again(
    network: Network, storecove: Standin
) -> None:
    storecove.unreachable.add(ADDRESS["identifier"])
    await network.joined()
    await network.issued()
    await network.handed_over()
    await network.sent()
    failed = await network.one()

    path = f"/billing/customers/{network.customer_id}/peppol"
    await network.ask("PUT", path, scheme="0088", identifier="4012345000009")
    queued = await network.ask("POST", f"/billing/peppol/deliveries/{failed['id']}/resend")
    await network.sent()
    sent = await network.one()
    refused = await network.client.post(f"/billing/peppol/deliveries/{failed['id']}/resend")

    assert (failed["status"], failed["reason_code"]) == ("failed", "ACCESS_POINT_REFUSED")
    assert "not registered in the network" in failed["reason"]
    assert (queued["status"], queued["sending"], queued["reason"]) == ("queued", 2, None)
    assert (sent["status"], len(storecove.taken)) == ("sent", 1)
    assert storecove.taken[0].receiver == {"scheme": "GLN", "id": "4012345000009"}
    assert error(refused) == (409, "PEPPOL_UNDER_WAY")
    assert [one["reason_code"] for one in await network.events("billing.peppol_failed")] == [
        "ACCESS_POINT_REFUSED"
    ]


async def test_a_faulty_document_is_not_offered(network: Network, storecove: Standin) -> None:
    await network.joined()
    # No address is told from a VAT number there, and the sender has been given none.
    moved = await network.client.patch(
        "/billing/settings", json={"country": "NG"}, headers={"if-match": "*"}
    )
    assert moved.status_code == 200, moved.text
    await network.issued()
    await network.handed_over()
    await network.sent()

    failed = await network.one()
    assert (failed["status"], failed["reason_code"]) == ("failed", "NOT_READY_FOR_PEPPOL")
    assert storecove.asked == []


async def test_an_access_point_that_is_busy_is_asked_again_later(
    network: Network, storecove: Standin
) -> None:
    storecove.failing = [503, 401]
    await network.joined()
    await network.issued()
    await network.handed_over()

    asked = []
    for minutes in (0, 4, 1, 5, 5):
        network.clock.advance(minutes=minutes)
        asked.append(await network.sent())
    sent = await network.one()

    assert asked == [1, 0, 1, 0, 1]  # at once, after five minutes, after ten more
    assert (sent["status"], sent["reason_code"]) == ("sent", None)
    assert len(storecove.taken) == 1


async def test_after_a_day_without_an_answer_it_has_failed(
    network: Network, storecove: Standin
) -> None:
    storecove.failing = [500] * 20
    await network.joined()
    await network.issued()
    await network.handed_over()

    for _ in range(10):
        await network.sent()
        network.clock.advance(hours=6)
    failed = await network.one()

    assert (failed["status"], failed["attempts"]) == ("failed", 10)
    assert failed["reason_code"] == "ACCESS_POINT_UNAVAILABLE"
    assert await network.sent() == 0
    assert len(storecove.asked) == 10


async def test_who_falls_silent_has_taken_it_and_gets_it_once(
    network: Network, storecove: Standin
) -> None:
    await network.joined()
    await network.issued()
    await network.handed_over()
    storecove.silent = True
    await network.sent()
    waiting = await network.one()
    storecove.silent = False
    network.clock.advance(minutes=5)
    await network.sent()
    sent = await network.one()
    for _ in range(20):
        network.clock.advance(hours=6)
        await network.sent()
    failed = await network.one()

    assert (waiting["status"], waiting["reason_code"]) == ("queued", "ACCESS_POINT_UNAVAILABLE")
    assert (sent["status"], sent["reason_code"]) == ("sent", "ANSWER_LOST")
    assert len(storecove.taken) == 1
    assert (failed["status"], failed["reason_code"]) == ("failed", "NO_EVIDENCE")


async def test_what_never_arrives_has_failed_after_three_days(
    network: Network, storecove: Standin
) -> None:
    await network.joined()
    await network.issued()
    await network.handed_over()
    await network.sent()
    network.clock.advance(days=2, hours=23)
    storecove.failing = [502]
    await network.sent()
    still = await network.one()
    network.clock.advance(hours=6)
    await network.sent()
    failed = await network.one()

    assert (still["status"], still["reason_code"]) == ("sent", "ACCESS_POINT_UNAVAILABLE")
    assert (failed["status"], failed["reason_code"]) == ("failed", "NO_EVIDENCE")


async def test_it_is_asked_outside_of_any_transaction_and_what_it_took_is_sent(
    network: Network, storecove: Standin
) -> None:
    await network.joined()
    invoice = await network.issued()
    await network.handed_over()
    seen: list[int] = []

    class Meddling(Storecove):
        """Storecove, while a clerk makes void what is just being sent."""

        async def submit(self, submission: Submission) -> Accepted:
            async with network.database.read(network.tenant.id) as connection:
                seen.append(int(await connection.fetchval(OPEN)))
            await network.ask("POST", f"/invoices/{invoice['id']}/void", reason="Wrong customer")
            await network.handed_over()
            seen.append(len(await network.deliveries(status="failed")))
            return await super().submit(submission)

    before = open_access_point_by(lambda: Meddling(KEY, base_url=storecove.url))
    await network.sent()
    open_access_point_by(before)

    assert seen == [0, 1]
    assert (await network.one())["status"] == "sent"


async def test_without_an_access_point_documents_wait(network: Network) -> None:
    def none() -> Storecove:
        raise AccessPointNotConfiguredError

    async def nothing() -> None:
        return None

    await network.joined()
    await network.issued()
    await network.handed_over()
    context = JobContext(network.database, network.clock, {}, network.tenant.id, 1, nothing)
    before = open_access_point_by(none)
    await deliver_peppol.run(context)
    open_access_point_by(before)

    assert (await network.one())["status"] == "queued"


async def test_the_job_sends_all_that_is_due(network: Network, storecove: Standin) -> None:
    leases: list[str] = []

    async def extended() -> None:
        leases.append("extended")

    await network.joined()
    for _ in range(9):
        await network.issued()
    await network.handed_over()
    context = JobContext(network.database, network.clock, {}, network.tenant.id, 1, extended)
    await deliver_peppol.run(context)

    assert len(await network.deliveries(status="sent")) == len(storecove.taken) == 9
    assert leases == ["extended"]
