"""Accounts, sub-accounts and sites."""
