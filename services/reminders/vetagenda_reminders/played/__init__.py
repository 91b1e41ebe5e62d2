"""What the ledger of a test practice shows for a stretch of its time (PLAT-5)."""
