"""SYNC-8: many deletions at once are more often an accident than a decision. Pure."""

LEAST, SHARE = 5, 0.2


def is_suspicious(deletions: int, future_appointments: int) -> bool:
    """More than five, and more than a fifth of what is still to come."""
    return deletions > max(LEAST, SHARE * future_appointments)
