"""What can be done with second factors."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from uuid import UUID

import pyotp
from sqlalchemy.ext.asyncio import AsyncSession

from dotmac_core_events import Event, EventPublisher, Rendered, send_message
from dotmac_core_ops.audit import record
from dotmac_core_ops.database import clock_of
from dotmac_core_ops.sealing import Sealer
from dotmac_identity.accounts.messages import SECURITY
from dotmac_identity.accounts.service import look_of
from dotmac_identity.roles.repository import RoleRepository
from dotmac_identity.roles.service import RoleService
from dotmac_identity.second_factors import messages
from dotmac_identity.second_factors.errors import (
    FactorExistsError,
    NoFactorError,
    WrongEnrolmentCodeError,
)
from dotmac_identity.second_factors.events import (
    SecondFactorEnrolled,
    SecondFactorRemoved,
    SecondFactorRulesChanged,
)
from dotmac_identity.second_factors.models import TotpFactor
from dotmac_identity.second_factors.one_time_codes import (
    NEVER,
    enrolment_picture,
    enrolment_uri,
    is_of_app,
    matching_step,
)
from dotmac_identity.second_factors.recovery_codes import (
    CODE_BYTES,
    CODES,
    code_hash,
    written_code,
)
from dotmac_identity.second_factors.repository import SecondFactorRepository
from dotmac_identity.second_factors.view import FactorStatus, Method, NewTotp, Rules
from dotmac_identity.users.errors import UserNotFoundError
from dotmac_identity.users.models import User
from dotmac_identity.users.repository import UserRepository


class FactorService:
    """What holds of all second factors of users of the session's tenant, app or passkey."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._factors = SecondFactorRepository(session)
        self._users = UserRepository(session)

    async def status(self, user_id: UUID) -> FactorStatus:
        """What the user has set up."""
        return await self._factors.status(user_id)

    async def first_codes(self, user_id: UUID) -> tuple[str, ...]:
        """Recovery codes for somebody who has got a factor, which is announced."""
        await self._publish(SecondFactorEnrolled(user_id=user_id))
        return await self._new_codes(user_id)

    async def renew_codes(self, user_id: UUID) -> tuple[str, ...]:
        """Ten new recovery codes; those from before are void.

        Raises:
            NoFactorError: there is no factor that they could stand in for.
        """
        if not (await self._factors.status(user_id)).has_factor:
            raise NoFactorError
        codes = await self._new_codes(user_id)
        await self._record("renew_codes", user_id)
        return codes

    async def reset(self, user_id: UUID) -> None:
        """Take app, passkeys and codes from somebody who lost them, and tell them.

        Raises:
            NoFactorError: there is none.
        """
        user = await self._load(user_id)
        had_app = await self._factors.delete_app(user_id)
        passkeys = await self._factors.delete_passkeys(user_id)
        if not had_app and not passkeys:
            raise NoFactorError
        await self.after_removal(user_id, by_administrator=True)
        look = await look_of(self._session, user.locale)
        await self._tell(user, messages.factors_reset(look, name=user.name))
        await self._record("reset", user_id, after={"app": had_app, "passkeys": passkeys})

    async def after_removal(self, user_id: UUID, *, by_administrator: bool = False) -> None:
        """Where no factor is left, make the recovery codes void and announce it."""
        if (await self._factors.status(user_id)).has_factor:
            return
        await self._factors.delete_codes(user_id)
        await self._publish(SecondFactorRemoved(user_id=user_id, by_administrator=by_administrator))

    async def _new_codes(self, user_id: UUID) -> tuple[str, ...]:
        codes = tuple(written_code(secrets.token_bytes(CODE_BYTES)) for _ in range(CODES))
        await self._factors.replace_codes(user_id, [code_hash(code) for code in codes])
        return codes

    async def _load(self, user_id: UUID) -> User:
        user = await self._users.by_id(user_id, for_update=True)
        if user is None:
            raise UserNotFoundError(user_id)
        return user

    async def _tell(self, user: User, message: Rendered) -> None:
        await send_message(
            self._session, message.to(user.email, topic=SECURITY, about=("user", user.id))
        )

    async def _publish(self, fact: Event) -> None:
        await EventPublisher(self._session).publish(fact)

    async def _record(
        self, what: str, user_id: UUID, *, after: dict[str, object] | None = None
    ) -> None:
        await record(
            self._session,
            action=f"identity.second_factor_{what}",
            target=("user", user_id),
            after=after,
        )


class SecondFactorService(FactorService):
    """Authenticator apps of the session's tenant, and the recovery codes that stand in for them.

    `sealer` keeps the apps' secrets from whoever reads the database.
    """

    def __init__(self, session: AsyncSession, sealer: Sealer) -> None:
        super().__init__(session)
        self._sealer = sealer

    async def begin(self, user_id: UUID) -> NewTotp:
        """A new secret for the user's app; it counts once `confirm` has seen a code of it.

        Raises:
            FactorExistsError: an app is set up already.
        """
        user = await self._load(user_id)
        secret = pyotp.random_base32()
        sealed = self._sealer.seal(secret.encode(), about=user_id.bytes)
        if not await self._factors.begin_totp(user_id, sealed, NEVER):
            raise FactorExistsError
        look = await look_of(self._session, user.locale)
        uri = enrolment_uri(secret, account=user.email, issuer=look.tenant_name)
        await self._record("begin", user_id)
        return NewTotp(secret, uri, enrolment_picture(uri))

    async def confirm(self, user_id: UUID, code: str) -> tuple[str, ...]:
        """Ask for codes of the app from now on, since it shows the right one; the recovery codes.

        Raises:
            NoFactorError: `begin` was not called.
            FactorExistsError: it is confirmed already.
            WrongEnrolmentCodeError: it is not the app's code.
        """
        user = await self._load(user_id)
        totp = await self._factors.totp_of(user_id, for_update=True)
        if totp is None:
            raise NoFactorError
        if totp.confirmed_at is not None:
            raise FactorExistsError
        if not self._uses_step(totp, code):
            raise WrongEnrolmentCodeError
        totp.confirmed_at = clock_of(self._session).now()
        codes = await self.first_codes(user_id)
        look = await look_of(self._session, user.locale)
        await self._tell(user, messages.factor_enrolled(look, name=user.name))
        await self._record("enrol", user_id)
        return codes

    async def prove(self, user: User, code: str) -> Method | None:
        """What `code` is: of the app or from the paper; it is used up. None, if it is neither.

        Whether guesses are counted is the caller's matter.
        """
        # Told apart by their form: paper still helps where the app's secret cannot be opened any
        # more, because SECRET_KEY is another.
        if is_of_app(code):
            totp = await self._factors.totp_of(user.id, for_update=True)
            if totp is None or totp.confirmed_at is None:
                return None
            return Method.TOTP if self._uses_step(totp, code) else None
        now = clock_of(self._session).now()
        if not await self._factors.use_code(user.id, code_hash(code), now):
            return None
        left = (await self._factors.status(user.id)).recovery_codes_left
        look = await look_of(self._session, user.locale)
        await self._tell(user, messages.recovery_code_used(look, name=user.name, left=left))
        await self._record("use_recovery_code", user.id, after={"left": left})
        return Method.RECOVERY_CODE

    async def remove(self, user_id: UUID) -> None:
        """Ask for no code of the user's app any more, and tell them.

        Raises:
            NoFactorError: there is no app.
        """
        user = await self._load(user_id)
        if not await self._factors.delete_app(user_id):
            raise NoFactorError
        await self.after_removal(user_id)
        look = await look_of(self._session, user.locale)
        await self._tell(user, messages.factor_removed(look, name=user.name))
        await self._record("remove", user_id)

    def _uses_step(self, totp: TotpFactor, code: str) -> bool:
        secret = self._sealer.open(totp.sealed_secret, about=totp.user_id.bytes).decode()
        now = clock_of(self._session).now()
        step = matching_step(secret, code.strip(), now, used_through=totp.used_through)
        if step is None:
            return False
        totp.used_through = step
        return True


class SecondFactorRuleService:
    """Who of the staff of the session's tenant has to have a second factor."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._factors = SecondFactorRepository(session)

    async def rules(self) -> Rules:
        """The rules; nobody has to, until somebody says so."""
        found = await self._factors.rules()
        if found is None:
            return Rules(everybody=False, roles=())
        forced = set(found.role_ids)
        roles = await RoleRepository(self._session).all()
        names = sorted(role.name for role in roles if role.id in forced)
        return Rules(everybody=found.everybody, roles=tuple(names))

    async def set_rules(self, *, everybody: bool, roles: Iterable[str]) -> Rules:
        """Replace the rules. Whoever has to and has none may do nothing but set one up, at once.

        Raises:
            UnknownRoleError: one of `roles` does not exist.
        """
        before = await self.rules()
        named = await RoleService.within(self._session).named(roles)
        await self._factors.set_rules(everybody=everybody, role_ids=[role.id for role in named])
        after = Rules(everybody, tuple(sorted(role.name for role in named)))
        await EventPublisher(self._session).publish(SecondFactorRulesChanged(**vars(after)))
        await record(
            self._session,
            action="identity.second_factor_rules_change",
            target=("second_factor_rules", "own"),
            before=_content(before),
            after=_content(after),
        )
        return after


def _content(rules: Rules) -> dict[str, object]:
    return {"everybody": rules.everybody, "roles": list(rules.roles)}
