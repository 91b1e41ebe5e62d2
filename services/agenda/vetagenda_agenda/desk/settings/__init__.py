"""How a practice wants its calls handled (DESK-1, DESK-3 .. DESK-7)."""
