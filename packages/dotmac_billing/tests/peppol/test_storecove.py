"""Storecove against a stand-in that keeps submissions, over real HTTP on the loopback interface."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import replace
from uuid import UUID

import httpx
import pytest

from dotmac_billing.peppol.adapters.storecove import Storecove
from dotmac_billing.peppol.errors import AccessPointRefusedError, AccessPointUnavailableError
from dotmac_billing.peppol.participant import Participant
from dotmac_billing.peppol.submission import Accepted, Evidence, Submission

from .storecove_standin import KEY, LEGAL_ENTITY, Standin, running_storecove

DOCUMENT = Submission(
    UUID(int=7),
    str(LEGAL_ENTITY),
    Participant("0208", "0428759497"),
    "<Invoice>é</Invoice>".encode(),
)


@pytest.fixture
def standin() -> Iterator[Standin]:
    with running_storecove() as running:
        yield running


@pytest.fixture
async def point(standin: Standin) -> AsyncIterator[Storecove]:
    async with aclosing(Storecove(KEY, base_url=standin.url, timeout_seconds=5)) as opened:
        yield opened


async def test_the_bytes_arrive_as_they_are(standin: Standin, point: Storecove) -> None:
    accepted = await point.submit(DOCUMENT)

    (taken,) = standin.taken
    assert accepted == Accepted(taken.guid)
    assert taken.content == DOCUMENT.content
    assert taken.receiver == {"scheme": "BE:EN", "id": "0428759497"}
    assert taken.key == str(DOCUMENT.key)


async def test_a_key_is_taken_once(standin: Standin, point: Storecove) -> None:
    await point.submit(DOCUMENT)

    assert await point.submit(DOCUMENT) == Accepted(None)
    assert len(standin.taken) == 1


async def test_an_answer_that_is_lost_is_asked_for_again(
    standin: Standin, point: Storecove
) -> None:
    standin.lose_answers = 1

    with pytest.raises(AccessPointUnavailableError):
        await point.submit(DOCUMENT)

    assert await point.submit(DOCUMENT) == Accepted(None)
    assert len(standin.taken) == 1


async def test_evidence_is_there_when_it_has_arrived(standin: Standin, point: Storecove) -> None:
    submission_id = (await point.submit(DOCUMENT)).submission_id
    assert submission_id is not None

    before = await point.evidence(submission_id)
    standin.arrive()

    assert before is None
    assert await point.evidence(submission_id) == Evidence(f"as4-{submission_id}")


async def test_a_refusal_says_what_is_wrong(standin: Standin, point: Storecove) -> None:
    standin.unreachable.add("0428759497")

    with pytest.raises(AccessPointRefusedError, match="not registered in the network"):
        await point.submit(DOCUMENT)
    with pytest.raises(AccessPointRefusedError, match="not the id of a legal entity"):
        await point.submit(replace(DOCUMENT, account="acme"))


@pytest.mark.parametrize("status", [401, 429, 500, 503])
async def test_what_may_be_right_later_is_no_refusal(
    standin: Standin, point: Storecove, status: int
) -> None:
    standin.failing = [status]

    with pytest.raises(AccessPointUnavailableError, match=f"status {status}"):
        await point.submit(DOCUMENT)

    assert (await point.submit(DOCUMENT)).submission_id == standin.taken[0].guid


async def test_who_does_not_answer_is_not_waited_for(standin: Standin) -> None:
    standin.silent = True
    async with aclosing(Storecove(KEY, base_url=standin.url, timeout_seconds=0.2)) as point:
        with pytest.raises(AccessPointUnavailableError, match="ReadTimeout"):
            await point.submit(DOCUMENT)


@pytest.mark.parametrize("body", ["<html>", "[]", "{}"])
async def test_an_answer_without_a_name_is_no_acceptance(body: str) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text=body))
    async with aclosing(Storecove(KEY, transport=transport)) as point:
        with pytest.raises(AccessPointUnavailableError):
            await point.submit(DOCUMENT)


def test_documents_are_not_shown_in_logs() -> None:
    assert "Invoice" not in repr(DOCUMENT)
