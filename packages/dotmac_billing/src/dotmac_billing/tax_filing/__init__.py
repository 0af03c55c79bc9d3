"""Telling a tax service what became of the documents whose tax it worked out."""
