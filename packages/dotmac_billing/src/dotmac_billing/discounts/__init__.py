"""Coupons and what they take off an invoice."""
