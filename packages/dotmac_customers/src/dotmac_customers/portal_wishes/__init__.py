"""What customers say in the portal about being written to."""
