"""Events, outbox, delivery, jobs and schedules on PostgreSQL."""
