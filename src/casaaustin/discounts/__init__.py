"""Discounts: five kinds, one record, one judge, one winner."""
