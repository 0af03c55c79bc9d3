"""Asking for a second factor after the password, or not, where a device is remembered."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of, new_id, tenant_of
from dotmac_core_ops.http import Client
from dotmac_core_ops.tenant_settings import setting_of
from dotmac_identity.second_factors.repository import SecondFactorRepository
from dotmac_identity.second_step.challenge import (
    CHALLENGE_PREFIX,
    DEVICE_PREFIX,
    REMEMBERED_DAYS,
    DeviceView,
    NewChallenge,
)
from dotmac_identity.second_step.errors import RememberedDeviceNotFoundError
from dotmac_identity.second_step.models import (
    CHALLENGE_LIFE,
    RememberedDevice,
    SignInChallenge,
)
from dotmac_identity.second_step.repository import SecondStepRepository
from dotmac_identity.sessions.devices import device_label
from dotmac_identity.sessions.opaque_token import (
    RANDOM_BYTES,
    compose_token,
    digest_of,
    read_token,
)


class SecondStepService:
    """The second step for users of the session's tenant."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._steps = SecondStepRepository(session)

    async def challenged(
        self, user_id: UUID, device_token: str | None, *, password_hash: str | None
    ) -> NewChallenge | None:
        """What the user has to answer before a session is opened.

        None where they have no second factor, or `device_token` is that of a remembered device.
        """
        factors = await SecondFactorRepository(self._session).status(user_id)
        if not factors.has_factor:
            return None
        if await self._is_remembered(user_id, device_token, password_hash):
            return None
        token = self._token(CHALLENGE_PREFIX)
        now = clock_of(self._session).now()
        self._steps.add(
            SignInChallenge(
                id=new_id(),
                user_id=user_id,
                token_hash=digest_of(token),
                attempts=0,
                created_at=now,
                expires_at=now + CHALLENGE_LIFE,
            )
        )
        methods = tuple(method.value for method in factors.methods)
        return NewChallenge(token, methods, int(CHALLENGE_LIFE.total_seconds()))

    async def remember(
        self, user_id: UUID, client: Client, *, password_hash: str | None
    ) -> str | None:
        """Let the client's device in by the password alone for a while; the token that says so.

        None where the tenant lets no device be remembered.
        """
        life = await self._remembered_for()
        if not life:
            return None
        token = self._token(DEVICE_PREFIX)
        now = clock_of(self._session).now()
        device = RememberedDevice(
            id=new_id(),
            user_id=user_id,
            token_hash=await self._bound(token, user_id, password_hash),
            user_agent=client.user_agent,
            address=client.address,
            created_at=now,
            last_used_at=now,
            expires_at=now + life,
        )
        self._steps.add(device)
        await self._record("remember", user_id)
        return token

    async def devices(self, user_id: UUID) -> list[DeviceView]:
        """The remembered devices of the user, the one used last first."""
        now = clock_of(self._session).now()
        return [_seen(one) for one in await self._steps.devices_of(user_id, now)]

    async def forget(self, user_id: UUID, device_id: UUID) -> None:
        """Ask for a second factor on this device again.

        Raises:
            RememberedDeviceNotFoundError: the user has no such device.
        """
        if not await self._steps.forget_device(user_id, device_id):
            raise RememberedDeviceNotFoundError(device_id)
        await self._record("forget", user_id)

    async def forget_all(self, user_id: UUID) -> int:
        """Ask on every device again and let no sign-in go on that has begun; how many devices."""
        await self._steps.withdraw_challenges(user_id, clock_of(self._session).now())
        forgotten = await self._steps.forget_devices(user_id)
        if forgotten:
            await self._record("forget_all", user_id)
        return forgotten

    async def _is_remembered(
        self, user_id: UUID, device_token: str | None, password_hash: str | None
    ) -> bool:
        if device_token is None or read_token(DEVICE_PREFIX, device_token) is None:
            return False
        now = clock_of(self._session).now()
        digest = await self._bound(device_token, user_id, password_hash)
        device = await self._steps.device(user_id, digest, now)
        if device is None or device.created_at + await self._remembered_for() <= now:
            return False
        device.last_used_at = now
        return True

    async def _remembered_for(self) -> timedelta:
        days = await setting_of(self._session, REMEMBERED_DAYS)
        return timedelta(days=days)

    async def _bound(self, token: str, user_id: UUID, password_hash: str | None) -> bytes:
        """The hash of a device's token, which is another under another password or app."""
        totp = await SecondFactorRepository(self._session).totp_of(user_id)
        app = None if totp is None else totp.id
        return digest_of(f"{token} {password_hash} {app}")

    def _token(self, prefix: str) -> str:
        random = secrets.token_urlsafe(RANDOM_BYTES)
        return compose_token(prefix, tenant_of(self._session), random)

    async def _record(self, what: str, user_id: UUID) -> None:
        await record(self._session, action=f"identity.device_{what}", target=("user", user_id))


def _seen(device: RememberedDevice) -> DeviceView:
    return DeviceView(
        id=device.id,
        device=device_label(device.user_agent),
        address=device.address,
        created_at=device.created_at,
        last_used_at=device.last_used_at,
        expires_at=device.expires_at,
    )
