"""Billing for programs that embed the package: repositories and a service over any AsyncSession."""
