"""Registers of tax numbers."""
