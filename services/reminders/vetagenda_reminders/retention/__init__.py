"""How long the ledger keeps words that never left, and its rows."""
