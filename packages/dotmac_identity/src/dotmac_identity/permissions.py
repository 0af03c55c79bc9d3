"""The rights that this package asks for."""

from __future__ import annotations

from dotmac_core_ops.module import Permission

OWN_ACCOUNT = "portal:account"
"""What every customer in the portal holds."""

PERMISSIONS = (
    Permission("tenant:read", "See the organisation's profile."),
    Permission("tenant:write", "Change the organisation's profile."),
    Permission("custom_fields:read", "See which fields the organisation has added."),
    Permission("custom_fields:write", "Add, change and archive fields of one's own."),
    Permission("users:read", "See the users and their roles."),
    Permission("users:write", "Create, change and deactivate users."),
    Permission("roles:read", "See the roles and what they allow."),
    Permission("api_keys:read", "See which API keys there are."),
    Permission("api_keys:write", "Issue and revoke API keys."),
    Permission(OWN_ACCOUNT, "In the portal: one's own password, address and sessions."),
)
