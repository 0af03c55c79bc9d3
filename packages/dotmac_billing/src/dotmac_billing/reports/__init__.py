"""Reports of the books: trial balance, receivables by age, deferred revenue."""
