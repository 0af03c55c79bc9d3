from __future__ import annotations

import httpx

from dotmac_core_events.testing import MailSink
from packages.dotmac_customers.tests.communication.conftest import Made
from packages.dotmac_customers.tests.communication.wishes import (
    OFFER,
    OPT_IN,
    code,
    decided,
    preference,
    relative,
)


async def subscribed(client: httpx.AsyncClient, made: Made, sink: MailSink) -> tuple[str, str]:
    """A customer's path, and the unsubscribe link of an offer that was sent to it."""
    path = f"/customers/{(await made())['id']}"
    await client.post(f"{path}/consents", json=OPT_IN)
    await client.post(f"{path}/notices", json=OFFER)
    [mail] = await sink.deliver_messages()
    assert mail.message["List-Unsubscribe"] == f"<{mail.links[-1]}>"
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return path, relative(mail.links[-1])


async def test_looking_at_a_link_changes_nothing_and_tells_no_name(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, made: Made, mail_sink: MailSink
) -> None:
    path, link = await subscribed(client, made, mail_sink)

    for _ in range(3):
        looked = await stranger.get(link)
    shown = await stranger.get(link, headers={"accept": "text/html"})

    assert looked.json()["data"] == {
        "tenant_name": "DotMac",
        "channel": "email",
        "topic": "marketing",
        "is_subscribed": True,
    }
    assert 'value="unsubscribe"' in shown.text
    assert "script-src" not in shown.headers["content-security-policy"]
    assert "form-action 'self'" in shown.headers["content-security-policy"]
    assert "Ann" not in shown.text + looked.text
    assert "ann@" not in shown.text + looked.text
    assert (await preference(client, path, "marketing"))["has_consent"] is True


async def test_one_click_unsubscribes_and_the_page_subscribes_again(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient, made: Made, mail_sink: MailSink
) -> None:
    path, link = await subscribed(client, made, mail_sink)

    gone = await stranger.post(link, data={"List-Unsubscribe": "One-Click"})
    await stranger.post(link, data={"List-Unsubscribe": "One-Click"})
    refused = await client.post(f"{path}/notices", json=OFFER)
    back = await stranger.post(link, data={"action": "resubscribe"})
    sent = await client.post(f"{path}/notices", json=OFFER)

    assert gone.json()["data"]["is_subscribed"] is False
    assert decided(refused) == ("refused", "no_consent")
    assert back.json()["data"]["is_subscribed"] is True
    assert decided(sent) == ("sent", None)
    consents = (await client.get(f"{path}/consents")).json()["data"]
    assert [(one["decision"], one["method"]) for one in consents] == [
        ("given", "explicit_opt_in"),
        ("withdrawn", "unsubscribe_link"),
        ("given", "preference_page"),
    ]
    assert consents[2]["text_version"] == "unsubscribe-page-1"
    assert consents[2]["source_address"] == "127.0.0.1"
    assert consents[2]["recorded_by"] == "customer:" + path.rpartition("/")[2]


async def test_a_link_that_was_changed_does_nothing(
    client: httpx.AsyncClient,
    stranger: httpx.AsyncClient,
    made: Made,
    mail_sink: MailSink,
) -> None:
    path, link = await subscribed(client, made, mail_sink)
    start, _, token = link.partition("token=")
    other = "B" if token[30] == "A" else "A"
    forged = [
        f"{start}token={token[:30]}{other}{token[31:]}",
        f"{start}token={token[:-4]}",
        f"{start}token={token}AAAA",
        f"{start}token=",
        f"{start}token=%00%FF",
        f"{start}token={'A' * 88}",
    ]

    answers = [await stranger.post(one) for one in forged]
    answers += [await stranger.get(one) for one in forged]

    assert {code(answer) for answer in answers} <= {
        "404 UNSUBSCRIBE_LINK_INVALID",
        "422 VALIDATION_FAILED",
        "400 INVALID_CHARACTER",
        "422 INVALID_CHARACTER",
    }
    assert code(answers[0]) == "404 UNSUBSCRIBE_LINK_INVALID"
    assert (await preference(client, path, "marketing"))["has_consent"] is True
