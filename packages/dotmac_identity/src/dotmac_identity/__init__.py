"""Tenants, users, roles, sign-in and API keys."""

from dotmac_core_ops.module import Module
from dotmac_identity.account_kinds import AccountKind
from dotmac_identity.accounts.handlers import on_new_device
from dotmac_identity.accounts.jobs import PURGE_ACCOUNT_TOKENS, SEND_PASSWORD_RESET
from dotmac_identity.adapters.dns_txt import answering_txt
from dotmac_identity.adapters.passwords import PasswordCost, Passwords
from dotmac_identity.api_keys.events import ApiKeyCreated, ApiKeyRevoked, ApiKeyRotated
from dotmac_identity.api_keys.grant import ApiKeyGrant, IssuedApiKey
from dotmac_identity.api_keys.routes import router as _api_keys
from dotmac_identity.api_keys.service import ApiKeyService
from dotmac_identity.approval_notices.handlers import HANDLERS as _APPROVAL_HANDLERS
from dotmac_identity.approval_notices.jobs import TELL_OF_APPROVAL
from dotmac_identity.authentication.jobs import PURGE_SIGN_IN_NETWORKS
from dotmac_identity.authentication.service import SignInService
from dotmac_identity.authenticator import Authenticator
from dotmac_identity.branding.routes import router as _branding
from dotmac_identity.branding.service import branding_of
from dotmac_identity.client_tenants.routes import router as _client_tenants
from dotmac_identity.client_tenants.service import Client, clients_of, link_client, lock_client
from dotmac_identity.countries import COUNTRIES, UnknownCountryError, country_code
from dotmac_identity.custom_fields.checking import (
    checked_values,
    merged_values,
    portal_values,
    searchable_texts,
)
from dotmac_identity.custom_fields.errors import FieldProblem, InvalidCustomFieldsError
from dotmac_identity.custom_fields.events import CustomFieldChanged
from dotmac_identity.custom_fields.fields import FieldDefinition, FieldType, NewField
from dotmac_identity.custom_fields.routes import router as _custom_fields
from dotmac_identity.custom_fields.service import (
    CustomFieldService,
    custom_fields_of,
    field_entities,
)
from dotmac_identity.domains.routes import router as _domains
from dotmac_identity.domains.service import base_url_of
from dotmac_identity.doors import portal_door, staff_door
from dotmac_identity.entitlements.errors import (
    FeatureRequiredError,
    LimitReachedError,
    TierRequiredError,
)
from dotmac_identity.entitlements.events import EntitlementsChanged
from dotmac_identity.entitlements.granted import TIERS, UNLIMITED, Entitlements, Override
from dotmac_identity.entitlements.routes import router as _entitlements
from dotmac_identity.entitlements.service import (
    USERS,
    EntitlementService,
    entitlements_of_tenant,
    limits_of,
    reconcile,
    release,
    require_feature,
    require_tier,
    take,
    take_if_limited,
)
from dotmac_identity.impersonation.events import ImpersonationEnded, ImpersonationStarted
from dotmac_identity.impersonation.routes import router as _impersonation
from dotmac_identity.invitations.events import InvitationAccepted, UserInvited
from dotmac_identity.invitations.invitation import InvitationView
from dotmac_identity.invitations.routes import invitations_router as _invitations
from dotmac_identity.invitations.service import USERS_LIMIT, InvitationService
from dotmac_identity.languages import MESSAGE_LANGUAGE
from dotmac_identity.passkeys.events import PasskeyAdded, PasskeyCopied, PasskeyRemoved
from dotmac_identity.passkeys.jobs import PURGE_PASSKEY_CHALLENGES
from dotmac_identity.permissions import PERMISSIONS
from dotmac_identity.personal.service import personal_data as _personal_data
from dotmac_identity.portal_accounts.service import (
    PortalAccountService,
    have_portal_accounts,
    move_portal_accounts,
)
from dotmac_identity.preferences.routes import router as _preferences
from dotmac_identity.provisioned_groups.routes import router as _provisioned_groups
from dotmac_identity.provisioning.refusal import SCIM as _SCIM
from dotmac_identity.provisioning.routes import router as _provisioning
from dotmac_identity.roles.events import (
    RoleChanged,
    RoleCreated,
    RoleDeleted,
    ScopedRoleGiven,
    ScopedRoleTaken,
)
from dotmac_identity.roles.routes import router as _roles
from dotmac_identity.roles.system_roles import SYSTEM_ROLES, RoleCatalogue
from dotmac_identity.scoped_roles.routes import router as _scoped_roles
from dotmac_identity.second_factors.events import (
    SecondFactorEnrolled,
    SecondFactorRemoved,
    SecondFactorRulesChanged,
)
from dotmac_identity.second_factors.routes import router as _second_factors
from dotmac_identity.second_step.challenge import REMEMBERED_DAYS
from dotmac_identity.second_step.handlers import (
    on_factor_removed,
    on_passkey_removed,
    on_password_changed,
)
from dotmac_identity.second_step.jobs import PURGE_SECOND_STEPS
from dotmac_identity.service_accounts.events import (
    ServiceAccountActivated,
    ServiceAccountCreated,
    ServiceAccountDeactivated,
    ServiceAccountRolesChanged,
)
from dotmac_identity.service_accounts.routes import router as _service_accounts
from dotmac_identity.sessions.events import SignedInFromNewDevice
from dotmac_identity.sessions.jobs import PURGE_SESSIONS
from dotmac_identity.sessions.limits import IDLE_DAYS
from dotmac_identity.sessions.tokens import TokenPair
from dotmac_identity.single_sign_on.flows.jobs import PURGE_SIGN_IN_FLOWS
from dotmac_identity.single_sign_on.flows.routes import router as _single_sign_on
from dotmac_identity.single_sign_on.identities.events import IdentityLinked, IdentityUnlinked
from dotmac_identity.single_sign_on.identities.routes import router as _linked_identities
from dotmac_identity.single_sign_on.providers.events import (
    SignInProviderAdded,
    SignInProviderChanged,
    SignInProviderRemoved,
)
from dotmac_identity.single_sign_on.providers.routes import choices_router as _sign_in_choices
from dotmac_identity.single_sign_on.providers.routes import router as _sign_in_providers
from dotmac_identity.tenant_erasure.jobs import ERASE_TENANT
from dotmac_identity.tenant_erasure.routes import router as _tenant_erasure
from dotmac_identity.tenant_erasure.service import order_erasure
from dotmac_identity.tenant_exports.events import TenantExported
from dotmac_identity.tenant_exports.jobs import EXPORT_TENANT
from dotmac_identity.tenant_exports.routes import router as _tenant_exports
from dotmac_identity.tenant_exports.service import TenantExportService, make_export
from dotmac_identity.tenant_life.events import TenantMoved
from dotmac_identity.tenant_life.jobs import PASS_TENANT_TIME
from dotmac_identity.tenant_life.moves import MoveReason
from dotmac_identity.tenant_life.routes import router as _tenant_life
from dotmac_identity.tenant_life.service import Standing, TenantLifeService, Trial
from dotmac_identity.tenants.events import TenantChanged, TenantCreated
from dotmac_identity.tenants.profile import TenantKind, TenantProfile
from dotmac_identity.tenants.routes import router as _tenants
from dotmac_identity.tenants.service import FirstOwner, TenantService
from dotmac_identity.users.account import PortalAccess, UserAccount
from dotmac_identity.users.emails import InvalidEmailError, normalised_email
from dotmac_identity.users.events import (
    EmailChanged,
    PasswordChanged,
    UserActivated,
    UserCreated,
    UserDeactivated,
    UserRolesChanged,
)
from dotmac_identity.users.password_rules import SHORTEST_PASSWORD
from dotmac_identity.users.routes import router as _users
from dotmac_identity.users.service import UserService

module = Module(
    name="identity",
    # Invitations first: `/users/invitations` must not be taken for a user.
    routers=(
        *(staff_door, portal_door, _tenants, _invitations, _users, _second_factors),
        *(_sign_in_choices, _single_sign_on, _linked_identities, _sign_in_providers),
        *(_roles, _api_keys, _custom_fields, _entitlements),
        *(_scoped_roles, _service_accounts, _impersonation),
        *(_tenant_life, _tenant_exports, _tenant_erasure),
        *(_provisioning, _provisioned_groups),
        *(_preferences, _branding, _domains, _client_tenants),
    ),
    handlers=(
        *(on_new_device, on_password_changed, on_factor_removed, on_passkey_removed),
        *_APPROVAL_HANDLERS,
    ),
    jobs=(
        *(PURGE_SESSIONS, PURGE_ACCOUNT_TOKENS, PURGE_SIGN_IN_NETWORKS),
        *(PURGE_SECOND_STEPS, PURGE_PASSKEY_CHALLENGES, PURGE_SIGN_IN_FLOWS),
        *(SEND_PASSWORD_RESET, PASS_TENANT_TIME, EXPORT_TENANT, ERASE_TENANT),
        TELL_OF_APPROVAL,
    ),
    permissions=PERMISSIONS,
    personal_data=_personal_data,
    limits=(USERS_LIMIT,),
    tenant_settings=(MESSAGE_LANGUAGE, SHORTEST_PASSWORD, IDLE_DAYS, REMEMBERED_DAYS),
    dialects=(_SCIM,),
    events=(
        *(TenantCreated, TenantChanged),
        *(UserCreated, UserRolesChanged, UserDeactivated, UserActivated),
        *(UserInvited, InvitationAccepted),
        *(PasswordChanged, EmailChanged, SignedInFromNewDevice),
        *(SignInProviderAdded, SignInProviderChanged, SignInProviderRemoved),
        *(IdentityLinked, IdentityUnlinked),
        *(SecondFactorEnrolled, SecondFactorRemoved, SecondFactorRulesChanged),
        *(PasskeyAdded, PasskeyRemoved, PasskeyCopied),
        *(ApiKeyCreated, ApiKeyRotated, ApiKeyRevoked),
        *(RoleCreated, RoleChanged, RoleDeleted, ScopedRoleGiven, ScopedRoleTaken),
        *(ServiceAccountCreated, ServiceAccountRolesChanged),
        *(ServiceAccountDeactivated, ServiceAccountActivated),
        *(ImpersonationStarted, ImpersonationEnded),
        *(CustomFieldChanged, EntitlementsChanged, TenantMoved, TenantExported),
    ),
)

__all__ = [
    "COUNTRIES",
    "SYSTEM_ROLES",
    "TIERS",
    "UNLIMITED",
    "USERS",
    "AccountKind",
    "ApiKeyCreated",
    "ApiKeyGrant",
    "ApiKeyRevoked",
    "ApiKeyService",
    "Authenticator",
    "Client",
    "CustomFieldChanged",
    "CustomFieldService",
    "EmailChanged",
    "EntitlementService",
    "Entitlements",
    "EntitlementsChanged",
    "FeatureRequiredError",
    "FieldDefinition",
    "FieldProblem",
    "FieldType",
    "FirstOwner",
    "InvalidCustomFieldsError",
    "InvalidEmailError",
    "InvitationAccepted",
    "InvitationService",
    "InvitationView",
    "IssuedApiKey",
    "LimitReachedError",
    "MoveReason",
    "NewField",
    "Override",
    "PasswordChanged",
    "PasswordCost",
    "Passwords",
    "PortalAccess",
    "PortalAccountService",
    "RoleCatalogue",
    "SignInService",
    "SignedInFromNewDevice",
    "Standing",
    "TenantChanged",
    "TenantCreated",
    "TenantExportService",
    "TenantExported",
    "TenantKind",
    "TenantLifeService",
    "TenantMoved",
    "TenantProfile",
    "TenantService",
    "TierRequiredError",
    "TokenPair",
    "Trial",
    "UnknownCountryError",
    "UserAccount",
    "UserActivated",
    "UserCreated",
    "UserDeactivated",
    "UserInvited",
    "UserRolesChanged",
    "UserService",
    "answering_txt",
    "base_url_of",
    "branding_of",
    "checked_values",
    "clients_of",
    "country_code",
    "custom_fields_of",
    "entitlements_of_tenant",
    "field_entities",
    "have_portal_accounts",
    "limits_of",
    "link_client",
    "lock_client",
    "make_export",
    "merged_values",
    "module",
    "move_portal_accounts",
    "normalised_email",
    "order_erasure",
    "portal_values",
    "reconcile",
    "release",
    "require_feature",
    "require_tier",
    "searchable_texts",
    "take",
    "take_if_limited",
]
