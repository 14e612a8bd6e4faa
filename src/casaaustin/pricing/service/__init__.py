"""Administration of the rate book, one module per part of it.

Every change holds the rate book, checks what the database cannot, writes the
audit trail beside the change, and answers with what became of the thing.
Source: docs/rules/pricing.md, 0, 1.3 to 1.6 and 1.13 to 1.15.
"""
