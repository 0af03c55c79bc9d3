from __future__ import annotations

import asyncio
from uuid import UUID

import jwt
import pytest
import sqlalchemy as sa

from dotmac_core_ops.clock import FrozenClock
from dotmac_core_ops.database import Database, new_id
from dotmac_core_ops.errors import UnauthenticatedError
from dotmac_core_ops.settings import Settings
from dotmac_core_ops.tenants import set_tenant_active
from dotmac_identity import Authenticator, PasswordCost, Passwords, TokenPair, UserService
from dotmac_identity.sessions.errors import (
    InvalidCredentialsError,
    InvalidRefreshTokenError,
    RefreshTokenReusedError,
    SessionEndedError,
    TenantRequiredError,
)
from dotmac_identity.testing import PASSWORD, Organisation

OWNER = "owner@example.com"
WRONG = "not the password"


async def signed_in(authenticator: Authenticator, organisation: Organisation) -> TokenPair:
    return await authenticator.sign_in.sign_in(
        email=OWNER, password=PASSWORD, tenant=organisation.profile.slug
    )


async def refused(
    authenticator: Authenticator,
    organisation: Organisation,
    *,
    email: str = OWNER,
    password: str = WRONG,
) -> str:
    with pytest.raises(InvalidCredentialsError) as refusal:
        await authenticator.sign_in.sign_in(
            email=email, password=password, tenant=organisation.profile.slug
        )
    return f"{refusal.value.code}: {refusal.value.message} {refusal.value.details}"


async def test_the_owner_signs_in_and_may_do_everything(
    authenticator: Authenticator, organisation: Organisation
) -> None:
    tokens = await authenticator.sign_in.sign_in(
        email=" OWNER@Example.com ", password=PASSWORD, tenant=organisation.profile.slug
    )

    principal = await authenticator.principal(tokens.access_token)

    assert principal.tenant_id == organisation.profile.id
    assert principal.kind == "user"
    assert principal.permissions == {"*"}
    assert tokens.expires_in == 15 * 60


async def test_every_reason_for_refusal_has_the_same_answer(
    authenticator: Authenticator, organisation: Organisation
) -> None:
    gone = await organisation.employs("gone", "viewer")
    async with organisation.database.transaction(organisation.profile.id) as session:
        await UserService.within(session).deactivate(gone.id)

    answers = {
        await refused(authenticator, organisation),
        await refused(authenticator, organisation, email="nobody@example.com"),
        await refused(authenticator, organisation, email="no address"),
        await refused(authenticator, organisation, email="gone@example.com", password=PASSWORD),
    }

    assert len(answers) == 1


@pytest.mark.parametrize("email", [OWNER, "nobody@example.com", "no address"])
async def test_every_refusal_costs_exactly_one_hash(
    authenticator: Authenticator,
    organisation: Organisation,
    monkeypatch: pytest.MonkeyPatch,
    email: str,
) -> None:
    compared: list[str] = []
    genuine = authenticator.passwords._matches

    def counted(password: str, hashed: str) -> bool:
        compared.append(hashed)
        return genuine(password, hashed)

    monkeypatch.setattr(authenticator.passwords, "_matches", counted)
    await refused(authenticator, organisation, email=email)

    assert len(compared) == 1


async def test_the_fifth_failure_locks_the_account_for_longer_each_time(
    authenticator: Authenticator, organisation: Organisation, clock: FrozenClock
) -> None:
    for _ in range(5):
        await refused(authenticator, organisation)
    await refused(authenticator, organisation, password=PASSWORD)

    clock.advance(seconds=61)
    await refused(authenticator, organisation)
    clock.advance(seconds=61)
    await refused(authenticator, organisation, password=PASSWORD)

    clock.advance(seconds=60)
    assert await signed_in(authenticator, organisation)


async def test_a_success_forgets_the_failures_before_it(
    authenticator: Authenticator, organisation: Organisation
) -> None:
    for _ in range(4):
        await refused(authenticator, organisation)
    await signed_in(authenticator, organisation)
    for _ in range(4):
        await refused(authenticator, organisation)

    assert await signed_in(authenticator, organisation)


async def test_guesses_at_once_do_not_get_past_the_lock(
    authenticator: Authenticator, organisation: Organisation
) -> None:
    guesses = [refused(authenticator, organisation) for _ in range(20)]
    await asyncio.gather(*guesses)

    async with organisation.database.transaction(organisation.profile.id) as session:
        counted = await session.scalar(sa.text("SELECT failed_attempts FROM identity.users"))
    assert counted == 5


async def test_an_attempt_leaves_a_trace_in_the_audit_log(
    authenticator: Authenticator, organisation: Organisation
) -> None:
    await refused(authenticator, organisation, email="nobody@example.com")
    await signed_in(authenticator, organisation)

    async with organisation.database.transaction(organisation.profile.id) as session:
        actions = await session.scalars(
            sa.text(
                "SELECT action || ' ' || CASE target_id WHEN 'unknown' THEN target_id ELSE '-' END "
                "FROM core.audit_log WHERE action LIKE 'identity.sign_in%' ORDER BY id"
            )
        )
        assert actions.all() == [
            "identity.sign_in_attempt unknown",
            "identity.sign_in_attempt -",
            "identity.sign_in -",
        ]


async def test_without_a_tenant_the_default_one_is_meant(
    database: Database, settings: Settings, organisation: Organisation
) -> None:
    chosen = settings.model_copy(update={"default_tenant_id": organisation.profile.id})
    authenticator = Authenticator(database, chosen, (), organisation.passwords)

    tokens = await authenticator.sign_in.sign_in(email=OWNER, password=PASSWORD)

    principal = await authenticator.principal(tokens.access_token)
    assert principal.tenant_id == organisation.profile.id


async def test_among_several_tenants_one_must_be_named(
    authenticator: Authenticator, organisation: Organisation, database: Database
) -> None:
    await Organisation.founded(database, organisation.passwords)

    with pytest.raises(TenantRequiredError):
        await authenticator.sign_in.sign_in(email=OWNER, password=PASSWORD)


async def test_an_unknown_tenant_is_no_different_from_a_wrong_password(
    authenticator: Authenticator,
) -> None:
    with pytest.raises(InvalidCredentialsError):
        await authenticator.sign_in.sign_in(email=OWNER, password=PASSWORD, tenant="no-such-one")


async def test_a_refreshed_pair_works_and_the_old_token_is_used_up(
    authenticator: Authenticator, organisation: Organisation
) -> None:
    first = await signed_in(authenticator, organisation)

    second = await authenticator.sign_in.refresh(first.refresh_token)

    assert second.refresh_token != first.refresh_token
    before = await authenticator.principal(first.access_token)
    after = await authenticator.principal(second.access_token)
    assert after.session_id == before.session_id


async def test_a_reused_refresh_token_ends_the_whole_family(
    authenticator: Authenticator, organisation: Organisation
) -> None:
    stolen = await signed_in(authenticator, organisation)
    current = await authenticator.sign_in.refresh(stolen.refresh_token)

    with pytest.raises(RefreshTokenReusedError):
        await authenticator.sign_in.refresh(stolen.refresh_token)

    with pytest.raises(InvalidRefreshTokenError):
        await authenticator.sign_in.refresh(current.refresh_token)
    with pytest.raises(SessionEndedError):
        await authenticator.principal(current.access_token)


async def test_of_two_refreshes_at_once_one_wins_and_the_family_ends(
    authenticator: Authenticator, organisation: Organisation
) -> None:
    tokens = await signed_in(authenticator, organisation)

    answers = await asyncio.gather(
        *(authenticator.sign_in.refresh(tokens.refresh_token) for _ in range(2)),
        return_exceptions=True,
    )

    assert sorted(type(answer).__name__ for answer in answers) == [
        "RefreshTokenReusedError",
        "TokenPair",
    ]


async def test_a_refresh_token_expires(
    authenticator: Authenticator, organisation: Organisation, clock: FrozenClock
) -> None:
    tokens = await signed_in(authenticator, organisation)
    clock.advance(days=30)

    with pytest.raises(InvalidRefreshTokenError):
        await authenticator.sign_in.refresh(tokens.refresh_token)


@pytest.mark.parametrize("token", ["", "dmr_x_y", "dmr_" + "0" * 32 + "_" + "A" * 43, "\ud800"])
async def test_a_made_up_refresh_token_is_refused(
    authenticator: Authenticator, organisation: Organisation, token: str
) -> None:
    assert organisation.profile.slug
    with pytest.raises(InvalidRefreshTokenError):
        await authenticator.sign_in.refresh(token)


async def test_a_signed_out_session_is_refused_at_once(
    authenticator: Authenticator, organisation: Organisation
) -> None:
    tokens = await signed_in(authenticator, organisation)
    principal = await authenticator.principal(tokens.access_token)

    await authenticator.sign_in.sign_out(principal)
    assert principal.session_id is not None
    authenticator.forget_session(principal.session_id)

    with pytest.raises(SessionEndedError):
        await authenticator.principal(tokens.access_token)
    with pytest.raises(InvalidRefreshTokenError):
        await authenticator.sign_in.refresh(tokens.refresh_token)


async def test_an_access_token_expires(
    authenticator: Authenticator, organisation: Organisation, clock: FrozenClock
) -> None:
    tokens = await signed_in(authenticator, organisation)
    clock.advance(minutes=15)

    with pytest.raises(UnauthenticatedError) as refusal:
        await authenticator.principal(tokens.access_token)

    assert refusal.value.code == "ACCESS_TOKEN_EXPIRED"


async def test_a_token_signed_otherwise_is_refused(
    authenticator: Authenticator, organisation: Organisation, settings: Settings
) -> None:
    tokens = await signed_in(authenticator, organisation)
    claims = jwt.decode(tokens.access_token, options={"verify_signature": False})
    key = settings.secret_key.get_secret_value()
    forged = [
        jwt.encode(claims, "another key of more than 32 characters", algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, key * 2, algorithm="HS512"),
        jwt.encode(claims | {"aud": "elsewhere"}, key, algorithm="HS256"),
        jwt.encode(claims | {"aud": ["dotmac-api", "dotmac-portal"]}, key, algorithm="HS256"),
        jwt.encode(claims | {"iss": "elsewhere"}, key, algorithm="HS256"),
        jwt.encode(claims | {"tenant": "no uuid"}, key, algorithm="HS256"),
        jwt.encode(claims | {"exp": 10**18}, key, algorithm="HS256"),
        jwt.encode({k: v for k, v in claims.items() if k != "sid"}, key, algorithm="HS256"),
        "not.a.token",
        "",
    ]

    for token in forged:
        with pytest.raises(UnauthenticatedError) as refusal:
            await authenticator.principal(token)
        assert refusal.value.code == "INVALID_ACCESS_TOKEN"


async def test_a_token_moved_to_another_tenant_finds_nobody_there(
    authenticator: Authenticator,
    organisation: Organisation,
    settings: Settings,
    database: Database,
) -> None:
    other = await Organisation.founded(database, organisation.passwords)
    tokens = await signed_in(authenticator, organisation)
    claims = jwt.decode(tokens.access_token, options={"verify_signature": False})
    key = settings.secret_key.get_secret_value()
    moved = jwt.encode(claims | {"tenant": str(other.profile.id)}, key, algorithm="HS256")

    with pytest.raises(SessionEndedError):
        await authenticator.principal(moved)


async def test_a_token_moved_to_the_portal_finds_no_customer_there(
    authenticator: Authenticator, organisation: Organisation, settings: Settings
) -> None:
    tokens = await signed_in(authenticator, organisation)
    claims = jwt.decode(tokens.access_token, options={"verify_signature": False})
    key = settings.secret_key.get_secret_value()
    moved = jwt.encode(claims | {"aud": "dotmac-portal"}, key, algorithm="HS256")

    with pytest.raises(SessionEndedError):
        await authenticator.principal(moved)


async def test_an_inactive_tenant_signs_nobody_in(
    authenticator: Authenticator, organisation: Organisation
) -> None:
    tokens = await signed_in(authenticator, organisation)
    async with organisation.database.transaction(organisation.profile.id) as session:
        await set_tenant_active(session, is_active=False)

    await refused(authenticator, organisation, password=PASSWORD)
    with pytest.raises(SessionEndedError):
        await authenticator.principal(tokens.access_token)
    with pytest.raises(InvalidRefreshTokenError):
        await authenticator.sign_in.refresh(tokens.refresh_token)


async def test_a_changed_password_ends_all_sessions(
    authenticator: Authenticator, organisation: Organisation
) -> None:
    tokens = await signed_in(authenticator, organisation)
    owner = await organisation.owner()
    async with organisation.database.transaction(organisation.profile.id) as session:
        users = UserService.within(session, organisation.passwords)
        await users.set_password(owner.id, "another long sentence")

    with pytest.raises(SessionEndedError):
        await authenticator.principal(tokens.access_token)
    await refused(authenticator, organisation, password=PASSWORD)


async def test_hashes_of_another_cost_are_renewed_at_sign_in(
    database: Database, settings: Settings, organisation: Organisation
) -> None:
    dearer = Passwords(PasswordCost(passes=2, memory_kib=8, lanes=1))
    authenticator = Authenticator(database, settings, (), dearer)

    await signed_in(authenticator, organisation)

    async with database.transaction(organisation.profile.id) as session:
        stored = await session.scalar(sa.text("SELECT password_hash FROM identity.users"))
    assert stored is not None
    assert not dearer.is_outdated(stored)
    assert await signed_in(authenticator, organisation)


async def test_identifiers_in_a_token_are_those_of_the_session(
    authenticator: Authenticator, organisation: Organisation
) -> None:
    tokens = await signed_in(authenticator, organisation)
    claims = jwt.decode(tokens.access_token, options={"verify_signature": False})

    assert set(claims) == {"tenant", "sub", "sid", "iss", "aud", "exp", "iat", "jti"}
    assert UUID(claims["tenant"]) == organisation.profile.id
    assert UUID(claims["jti"]) != new_id()
