"""The people of a practice: who may sign in there, and as what (DESK-8)."""
