"""The ledger: one row for every message that is due to a person, and its way out."""
