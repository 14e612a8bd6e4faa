"""Administration of the discounts, one module per kind.

Every change checks what the database cannot, writes the audit trail beside the
change, and answers with what became of the thing.
Source: docs/rules/pricing.md, 1.7 to 1.11.
"""
