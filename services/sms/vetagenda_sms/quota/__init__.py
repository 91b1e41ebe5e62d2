"""The pool of segments that a practice has for each calendar month."""
