from __future__ import annotations

import httpx
import pytest

from dotmac_core_events.testing import MailSink
from packages.dotmac_customers.tests.verification.conftest import Made


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("de-CH", "Bestätigen Sie Ihre E-Mail-Adresse für DotMac"),
        ("sv", "Confirm your e-mail address for DotMac"),
    ],
)
async def test_a_customer_is_asked_in_their_language_or_in_one_that_is_spoken(
    client: httpx.AsyncClient, made: Made, mail_sink: MailSink, language: str, subject: str
) -> None:
    path = f"/customers/{(await made(language=language))['id']}"
    await client.post(f"{path}/verify-email")

    [mail] = await mail_sink.deliver_messages()

    assert mail.subject == subject
