"""Settings, database, tenancy, errors, money, clock, logging, metrics, cache, audit, files and idempotency."""
