"""What ends with a password, or with a second factor."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import EventConsumer
from dotmac_identity.passkeys.events import PasskeyRemoved
from dotmac_identity.second_factors.events import SecondFactorRemoved
from dotmac_identity.second_step.service import SecondStepService
from dotmac_identity.users.events import PasswordChanged

# Inline: what was remembered under the old password must not be let in for one moment more.


@EventConsumer.handle("identity.password_changed", inline=True)
async def on_password_changed(event: PasswordChanged, session: AsyncSession) -> None:
    """Forget all devices, and sign-ins that have begun."""
    await SecondStepService(session).forget_all(event.user_id)


@EventConsumer.handle("identity.second_factor_removed", inline=True)
async def on_factor_removed(event: SecondFactorRemoved, session: AsyncSession) -> None:
    """Forget all devices, and sign-ins that have begun."""
    await SecondStepService(session).forget_all(event.user_id)


@EventConsumer.handle("identity.passkey_removed", inline=True)
async def on_passkey_removed(event: PasskeyRemoved, session: AsyncSession) -> None:
    """Forget all devices, and sign-ins that have begun: one of them may be what was lost."""
    await SecondStepService(session).forget_all(event.user_id)
