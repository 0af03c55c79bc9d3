"""Tenants, users, roles, sign-in and API keys."""
