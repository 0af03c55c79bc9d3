"""Amounts and quantities at which usage is billed before its period is over."""
