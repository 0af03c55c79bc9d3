"""Providers of identities as stored: who vouches for people of a tenant, and how far."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dotmac_core_ops.database import Instant, Json, TenantOwned, enum_type, tenant_unique
from dotmac_identity.mapped_base import IdentityBase
from dotmac_identity.single_sign_on.openid.claims import ProvidedIdentity


class Joining(StrEnum):
    """Who gets an account that has none yet: who was invited, or anybody the provider knows."""

    INVITED = "invited"
    ANYBODY = "anybody"


class SignInProvider(TenantOwned, IdentityBase):
    """A provider that people of the tenant sign in at (OpenID Connect Core 1.0).

    `issuer` is its name in every ID token, and where its description is found. `sealed_secret` is
    the client's; None for a client without one.

    `joining` says who gets an account, of `email_domains` only if there are any; `links_by_email`,
    whether somebody who has one is known by a verified address; `trusts_email`, whether addresses
    count as verified where the provider does not say. Who joins has the roles `default_role_ids`.
    With `role_claim` everybody has, at each sign-in, these and the roles that `role_map` has for
    the claim's values (`[{"value": …, "role_id": …}]`).

    `second_factor_amr` and `second_factor_acr` are the values that count as a second factor shown
    at the provider. With `max_age_seconds` nobody comes in who signed in there longer ago.
    """

    __tablename__ = "sign_in_providers"
    __table_args__ = (tenant_unique("name"),)

    name: Mapped[str] = mapped_column(sa.Text())
    issuer: Mapped[str] = mapped_column(sa.Text())
    client_id: Mapped[str] = mapped_column(sa.Text())
    sealed_secret: Mapped[bytes | None] = mapped_column(sa.LargeBinary())
    scopes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    logo_url: Mapped[str | None] = mapped_column(sa.Text())
    is_enabled: Mapped[bool] = mapped_column(sa.Boolean())
    joining: Mapped[Joining] = mapped_column(enum_type(Joining))
    email_domains: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    links_by_email: Mapped[bool] = mapped_column(sa.Boolean())
    trusts_email: Mapped[bool] = mapped_column(sa.Boolean())
    default_role_ids: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid()))
    role_claim: Mapped[str | None] = mapped_column(sa.Text())
    role_map: Mapped[list[dict[str, str]]] = mapped_column(Json)
    second_factor_amr: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    second_factor_acr: Mapped[list[str]] = mapped_column(ARRAY(sa.Text()))
    max_age_seconds: Mapped[int | None] = mapped_column(sa.Integer())
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    def verified_email(self, person: ProvidedIdentity) -> str | None:
        """The address that is known to be theirs; None where nobody says so.

        What the provider itself calls unverified never is.
        """
        is_verified = person.email_verified
        if is_verified is None:
            is_verified = self.trusts_email
        return person.email if is_verified else None

    def lets_join(self, email: str) -> bool:
        """Whether somebody with this verified address gets an account without an invitation."""
        if self.joining is not Joining.ANYBODY:
            return False
        return not self.email_domains or email.rpartition("@")[2] in self.email_domains

    def vouches_for(self, person: ProvidedIdentity) -> bool:
        """Whether they showed a second factor at the provider, as the tenant sees it."""
        return person.shows_second_factor(self.second_factor_amr, self.second_factor_acr)

    def roles_for(self, values: frozenset[str]) -> set[UUID]:
        """The roles that somebody has for these values of the claim, and those that all have."""
        mapped = {UUID(row["role_id"]) for row in self.role_map if row["value"] in values}
        return {*self.default_role_ids, *mapped}
