"""What is written to somebody whose address is to be verified."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dotmac_core_events import Channel, Look, NewMessage, one_line, rendered
from dotmac_customers.verification.terms import CODE_MINUTES, LINK_HOURS, VerificationKind

TOPIC = "verification"


def verification_message(
    kind: VerificationKind,
    look: Look,
    address: str,
    *,
    customer_id: UUID,
    code: str,
    url: str,
    not_after: datetime,
) -> NewMessage:
    """The message with the code, and in an e-mail with the link, to `address`."""
    about = ("customer", customer_id)
    if kind is VerificationKind.PHONE:
        sender = one_line(look.tenant_name)[:40]
        return NewMessage(
            channel=Channel.SMS,
            recipient=address,
            subject="Your code",
            text=f"{sender}: your code is {code}. It is valid for {CODE_MINUTES} minutes.",
            topic=TOPIC,
            about=about,
            language=look.language,
            is_secret=True,
            not_after=not_after,
        )
    made = rendered(
        look,
        subject=f"Confirm your e-mail address for {look.tenant_name}",
        paragraphs=(
            "Please confirm that this address is yours.",
            f"The link is valid for {LINK_HOURS} hours, the code for {CODE_MINUTES} minutes.",
        ),
        code=code,
        button=("Confirm", url),
        small_print="If you did not expect this message, ignore it: nothing happens then.",
    )
    return NewMessage(
        channel=Channel.EMAIL,
        recipient=address,
        subject=made.subject,
        text=made.text,
        html=made.html,
        topic=TOPIC,
        about=about,
        language=made.language,
        is_secret=True,
        sender_name=made.sender_name,
        not_after=not_after,
    )


def verified_page(tenant_name: str, said: str) -> str:
    """What a browser shows after the link was opened; both texts are escaped already."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{tenant_name}</title></head>'
        f'<body><main><h1>{tenant_name}</h1><p role="status">{said}</p></main></body></html>\n'
    )
