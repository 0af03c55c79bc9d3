"""The figures of a tenant as a whole."""
