"""Tax services of others."""
