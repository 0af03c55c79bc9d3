"""The books: accounts, entries that sum to zero, and their postings."""
