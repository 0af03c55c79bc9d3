"""Tags with colours and rules."""
