"""The rights that this package asks for."""

from __future__ import annotations

from dotmac_core_ops.module import Permission

OWN_ACCOUNT = "portal:account"
"""What every customer in the portal holds."""

PERMISSIONS = (
    Permission("tenant:read", "See the organisation's profile."),
    Permission("tenant:write", "Change the organisation's profile."),
    Permission("tenant:export", "Export everything that the organisation has."),
    Permission("tenant:close", "Close the organisation, which ends everything."),
    Permission("tenants:read", "As the operator: see the organisations on this installation."),
    Permission("tenants:write", "As the operator: decide what becomes of organisations."),
    Permission("custom_fields:read", "See which fields the organisation has added."),
    Permission("custom_fields:write", "Add, change and archive fields of one's own."),
    Permission("users:read", "See the users and their roles."),
    Permission("users:write", "Create, change and deactivate users.", is_personal=True),
    Permission(
        "users:provision",
        "As a directory (SCIM): bring users in, change them and let them go.",
        is_personal=True,
    ),
    Permission("second_factors:read", "See who has to have a second factor."),
    Permission("second_factors:write", "Decide who has to have a second factor.", is_personal=True),
    Permission("single_sign_on:read", "See which providers people sign in by."),
    Permission(
        "single_sign_on:write",
        "Decide which providers people sign in by; only owners can.",
        is_personal=True,
    ),
    Permission("roles:read", "See the roles and what they allow."),
    Permission("roles:write", "Make, change and delete roles of one's own.", is_personal=True),
    Permission("api_keys:read", "See which API keys there are."),
    Permission("api_keys:write", "Issue, rotate and revoke API keys.", is_personal=True),
    Permission("service_accounts:read", "See the service accounts."),
    Permission(
        "service_accounts:write",
        "Make, change and deactivate service accounts.",
        is_personal=True,
    ),
    Permission("impersonations:read", "See who of the operator acted as one of the users."),
    Permission("impersonations:end", "End the operator's acting as one of the users."),
    Permission(
        "tenants:impersonate",
        "Act as a user of another tenant; only for users of the operator.",
        is_personal=True,
    ),
    Permission(OWN_ACCOUNT, "In the portal: one's own password, address and sessions."),
)
