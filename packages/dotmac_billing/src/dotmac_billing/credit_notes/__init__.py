"""The only changes of an issued invoice: credit and debit notes, write-offs."""
