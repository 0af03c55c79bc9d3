"""Catalogue, subscriptions, invoicing, payments and ledger."""
