"""The ways out that this installation is configured for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from dotmac_core_events.notifications.adapters.folder import FolderDelivery, InboxDelivery
from dotmac_core_events.notifications.adapters.smtp import SmtpDelivery
from dotmac_core_events.notifications.adapters.twilio import TwilioDelivery
from dotmac_core_events.notifications.message import Channel
from dotmac_core_events.notifications.outgoing import Deliveries, Delivery
from dotmac_core_ops.logging import get_logger
from dotmac_core_ops.settings import Environment, Settings, load_settings

_log = get_logger(__name__)
_instead: list[Deliveries] = []


def deliveries() -> Deliveries:
    """Those of the environment's settings, read once, or those that stand in for them."""
    return _instead[-1] if _instead else _configured()


@contextmanager
def delivering_by(ways: Deliveries) -> Iterator[None]:
    """Let `ways` stand in for what is configured, in this process, until the block ends."""
    _instead.append(ways)
    try:
        yield
    finally:
        _instead.remove(ways)


@cache
def _configured() -> Deliveries:
    settings = load_settings()
    if settings.environment is Environment.PRODUCTION and not settings.sends_mail:
        _log.warning("e-mail does not leave this installation; set SMTP_HOST")
    return configured_deliveries(settings)


def configured_deliveries(settings: Settings) -> Deliveries:
    """SMTP and Twilio where the settings name them; otherwise files under DOTMAC_HOME."""
    return {
        Channel.EMAIL: _mail(settings),
        Channel.SMS: _texts(settings),
        Channel.IN_APP: InboxDelivery(),
    }


def _mail(settings: Settings) -> Delivery:
    if settings.smtp_host is None:
        return FolderDelivery(settings.dotmac_home / "mail", mail_from=settings.mail_from)
    password = settings.smtp_password
    login = None
    if settings.smtp_username is not None:
        login = (settings.smtp_username, password.get_secret_value() if password else "")
    return SmtpDelivery(
        settings.smtp_host,
        settings.smtp_port,
        mail_from=settings.mail_from,
        tls=settings.smtp_tls,
        login=login,
    )


def _texts(settings: Settings) -> Delivery:
    account, token = settings.twilio_account_sid, settings.twilio_auth_token
    if account is None or token is None or settings.twilio_from is None:
        return FolderDelivery(settings.dotmac_home / "texts", mail_from=settings.mail_from)
    return TwilioDelivery(
        account, token.get_secret_value(), settings.twilio_from, url=settings.twilio_url
    )
