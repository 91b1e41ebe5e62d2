"""What whoever answers the telephone for a practice offers and books (DESK-9)."""
