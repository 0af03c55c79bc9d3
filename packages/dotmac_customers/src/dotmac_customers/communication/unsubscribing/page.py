"""The page behind an unsubscribe link: plain HTML, for people without an account."""

from __future__ import annotations

from html import escape

from dotmac_customers.communication.topics import ContactChannel, Topic

WORDING_VERSION = "unsubscribe-page-1"
WORDING = "Yes, write to me again. I can unsubscribe at any time."
"""What somebody agrees to who subscribes again; a change of it is a new version."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
)

_CHANNELS = {
    ContactChannel.EMAIL: "by e-mail",
    ContactChannel.SMS: "by text message",
    ContactChannel.PHONE: "by phone",
    ContactChannel.MAIL: "by post",
    ContactChannel.PUSH: "by push message",
}
_TOPICS = {
    Topic.BILLING: "invoices and payments",
    Topic.SERVICE: "your service",
    Topic.TECHNICAL: "technical matters",
    Topic.MARKETING: "offers and news",
    Topic.EMERGENCY: "emergencies",
}
_STYLE = (
    "body{margin:0;background:#f1f5f9;color:#0f172a;font:16px/1.5 Helvetica,Arial,sans-serif}"
    "main{max-width:32rem;margin:10vh auto;background:#fff;padding:2rem;border-radius:8px}"
    "button{font:inherit;padding:.75rem 1.25rem;border:0;border-radius:6px;background:#1d4ed8;"
    "color:#fff;cursor:pointer}button:focus-visible{outline:3px solid #f59e0b}"
    "@media (prefers-color-scheme:dark){body{background:#0f172a;color:#e2e8f0}"
    "main{background:#1e293b}}"
)


def page(tenant_name: str, channel: ContactChannel, topic: Topic, *, is_subscribed: bool) -> str:
    """The state, and a button that changes it; the button posts to where the page came from."""
    name, about = escape(tenant_name), f"{_TOPICS[topic]} {_CHANNELS[channel]}"
    if is_subscribed:
        said = f"You receive messages about {about}."
        button, action, small = "Unsubscribe", "unsubscribe", ""
    else:
        said = f"You do not receive messages about {about} any more."
        button, action, small = "Subscribe again", "resubscribe", f"<p>{WORDING}</p>"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{name}: messages</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{name}</h1>"
        f'<p role="status">{said}</p>{small}'
        f'<form method="post"><button name="action" value="{action}">{button}</button></form>'
        "</main></body></html>\n"
    )
