"""The tables of schema `identity`: import every `models` module here, so that metadata is whole."""

from pathlib import Path

from dotmac_core_ops.database import Schema
from dotmac_identity.accounts import models as _accounts
from dotmac_identity.api_keys import models as _api_keys
from dotmac_identity.authentication import models as _authentication
from dotmac_identity.branding import models as _branding
from dotmac_identity.client_tenants import models as _client_tenants
from dotmac_identity.custom_fields import models as _custom_fields
from dotmac_identity.entitlements import models as _entitlements
from dotmac_identity.impersonation import models as _impersonation
from dotmac_identity.invitations import models as _invitations
from dotmac_identity.mapped_base import IdentityBase
from dotmac_identity.passkeys import models as _passkeys
from dotmac_identity.provisioning import models as _provisioning
from dotmac_identity.roles import models as _roles
from dotmac_identity.second_factors import models as _second_factors
from dotmac_identity.second_step import models as _second_step
from dotmac_identity.service_accounts import models as _service_accounts
from dotmac_identity.sessions import models as _sessions
from dotmac_identity.single_sign_on.flows import models as _sign_in_flows
from dotmac_identity.single_sign_on.identities import models as _linked_identities
from dotmac_identity.single_sign_on.providers import models as _sign_in_providers
from dotmac_identity.tenant_exports import models as _tenant_exports
from dotmac_identity.tenant_life import models as _tenant_life
from dotmac_identity.tenants import models as _tenants
from dotmac_identity.users import models as _users

MODELS = (
    *(_accounts, _api_keys, _authentication, _custom_fields, _impersonation, _invitations),
    *(_roles, _service_accounts, _sessions, _tenants, _users),
    *(_second_factors, _second_step, _passkeys),
    *(_sign_in_providers, _linked_identities, _sign_in_flows),
    _provisioning,
    *(_branding, _client_tenants, _entitlements, _tenant_life, _tenant_exports),
)
"""The modules whose import fills the metadata."""

SCHEMA = Schema("identity", IdentityBase.metadata, Path(__file__).parent / "migrations")
