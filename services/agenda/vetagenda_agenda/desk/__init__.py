"""The call-centre desk: who answers a practice's telephone, and what follows from it (DESK-1 .. DESK-9)."""
