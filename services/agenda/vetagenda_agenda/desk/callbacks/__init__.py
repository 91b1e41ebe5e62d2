"""People who wait to be called back (DESK-7)."""
