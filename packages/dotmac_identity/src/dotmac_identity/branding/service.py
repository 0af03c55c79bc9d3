"""How a tenant looks: to its customers, in messages and in the portal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Look
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, tenant_of
from dotmac_core_ops.files import FileStore, StoredFile, delete_file, find_file, store_file
from dotmac_core_ops.tenant_settings import setting_of
from dotmac_identity.branding.contrast import readable_colour
from dotmac_identity.branding.errors import ImageNotFoundError
from dotmac_identity.branding.models import BrandingRecord
from dotmac_identity.branding.repository import BrandingRepository
from dotmac_identity.domains.service import base_url_of
from dotmac_identity.languages import MESSAGE_LANGUAGE
from dotmac_identity.tenants.repository import TenantRepository

LARGEST_IMAGE_BYTES = 1_000_000
IMAGE_TYPES = ("image/png", "image/jpeg", "image/webp", "image/gif")
_COLOURS = frozenset({"primary_colour", "accent_colour"})


class BrandImage(StrEnum):
    """An image of the look."""

    LOGO = "logo"
    FAVICON = "favicon"


@dataclass(frozen=True)
class Branding:
    """What a tenant has chosen; None is as the platform has it."""

    name: str | None = None
    primary_colour: str | None = None
    accent_colour: str | None = None
    email_footer: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    has_logo: bool = False
    has_favicon: bool = False
    version: int = 0


async def branding_of(session: AsyncSession, public_url: str | None = None) -> Look:
    """How messages of the session's tenant look, in the language that it has set.

    Its images are fetched where `base_url_of` says.

    A tenant of a program that embeds this package and keeps no profile is called DotMac.
    """
    own = await BrandingRepository(session).own()
    language = await setting_of(session, MESSAGE_LANGUAGE)
    profile = await TenantRepository(session).own()
    name = (own and own.name) or (profile.name if profile is not None else "DotMac")
    look = Look(tenant_name=name, language=language, tenant_language=language)
    if own is None:
        return look
    logo = None
    if own.logo_file_id is not None:
        base_url = await base_url_of(session, public_url)
        logo = f"{base_url}/api/v1/branding/{tenant_of(session)}/logo"
    accent = own.accent_colour or own.primary_colour or look.accent
    return replace(look, accent=accent, logo_url=logo, footer=own.email_footer or "")


class BrandingService:
    """The look of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._brandings = BrandingRepository(session)

    async def branding(self) -> Branding:
        """What the tenant has chosen."""
        return _branding(await self._brandings.own())

    async def change(self, changes: Mapping[str, Any], *, check: Callable[[int], None]) -> Branding:
        """Change what is given; None takes it back to what the platform has.

        `check` is called with the present version and refuses a change that starts from another.

        Raises:
            InvalidColourError, ContrastTooLowError: the colour is none, or cannot be read.
        """
        own = await self._brandings.locked(clock_of(self._session).now())
        check(own.version)
        before = {name: getattr(own, name) for name in changes}
        for name, value in changes.items():
            if name in _COLOURS and value is not None:
                setattr(own, name, readable_colour(value))
            else:
                setattr(own, name, value)
        after = {name: getattr(own, name) for name in changes}
        if before != after:
            await self._changed(own, before, after)
        return _branding(own)

    async def put_image(
        self,
        image: BrandImage,
        store: FileStore,
        chunks: AsyncIterator[bytes],
        *,
        name: str,
        media_type: str,
    ) -> Branding:
        """Keep a PNG, JPEG, WebP or GIF of up to a megabyte as the tenant's image.

        Raises:
            FileTypeMismatchError: the content is none of these, whatever it is called.
            FileTooLargeError: it is larger.
        """
        own = await self._brandings.locked(clock_of(self._session).now())
        declared = media_type if media_type in IMAGE_TYPES else IMAGE_TYPES[0]
        stored = await store_file(
            self._session,
            store,
            chunks,
            name=name,
            media_type=declared,
            max_bytes=LARGEST_IMAGE_BYTES,
        )
        column = f"{image.value}_file_id"
        before: UUID | None = getattr(own, column)
        setattr(own, column, stored.id)
        if before is not None:
            await delete_file(self._session, before)
        await self._changed(own, {image.value: before}, {image.value: stored.id})
        return _branding(own)

    async def image(self, image: BrandImage) -> StoredFile:
        """The tenant's image.

        Raises:
            ImageNotFoundError: it has none.
        """
        own = await self._brandings.own()
        file_id: UUID | None = None if own is None else getattr(own, f"{image.value}_file_id")
        if file_id is None:
            raise ImageNotFoundError
        return await find_file(self._session, file_id)

    async def _changed(
        self, own: BrandingRecord, before: Mapping[str, object], after: Mapping[str, object]
    ) -> None:
        own.version += 1
        own.updated_at = clock_of(self._session).now()
        await record(
            self._session,
            action="identity.branding_change",
            target=("tenant", own.id),
            before=before,
            after=after,
        )


def _branding(own: BrandingRecord | None) -> Branding:
    if own is None:
        return Branding()
    return Branding(
        name=own.name,
        primary_colour=own.primary_colour,
        accent_colour=own.accent_colour,
        email_footer=own.email_footer,
        texts=dict(own.texts),
        has_logo=own.logo_file_id is not None,
        has_favicon=own.favicon_file_id is not None,
        version=own.version,
    )
