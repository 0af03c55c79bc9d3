"""Tax that somebody else works out: what is asked, what is answered, what they keep."""
