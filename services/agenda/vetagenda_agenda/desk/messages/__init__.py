"""What a call centre writes to a practice (DESK-5, DESK-6)."""
