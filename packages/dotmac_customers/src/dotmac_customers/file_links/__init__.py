"""Links to files that work for minutes and without signing in."""
