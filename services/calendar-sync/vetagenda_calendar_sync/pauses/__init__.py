"""Pauses of a link, of a practice, and of the whole platform (maintenance): nothing leaves meanwhile."""
