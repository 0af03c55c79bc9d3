"""The chart of accounts as a tenant has it, and the journal for its accounting system."""
