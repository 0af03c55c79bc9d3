"""Figures of a tenant in the founding words."""
