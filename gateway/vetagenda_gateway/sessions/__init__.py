"""Signing in: passwords, links, sessions and their tokens."""
