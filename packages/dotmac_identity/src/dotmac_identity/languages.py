"""The languages that messages are written in."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.tenant_settings import TenantSetting, setting_of

LANGUAGES = ("en", "de")
"""Those in which everything about people's accounts is said."""

MESSAGE_LANGUAGE = TenantSetting(
    "messages.language",
    "en",
    "The language of messages to people who chose none, or one that is not spoken here.",
    choices=LANGUAGES,
)


async def language_for(session: AsyncSession, locale: str | None) -> str:
    """`locale`, or the language of the session's tenant where somebody has chosen none."""
    return await setting_of(session, MESSAGE_LANGUAGE) if locale is None else locale
