"""Time that stands still for a test tenant, and is moved on with everything that then happens."""
