"""What customers ask in the portal about their data."""
