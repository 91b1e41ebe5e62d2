"""SYNC-8: many deletions at once are more often an accident than a decision. Pure."""

LEAST, SHARE = 5, 0.2
A_FEW = 3


def is_suspicious(deletions: int, future_appointments: int) -> bool:
    """More than five, and more than a fifth of what is still to come; or all of it, from three on."""
    is_emptied = deletions >= A_FEW and deletions >= future_appointments
    return is_emptied or deletions > max(LEAST, SHARE * future_appointments)
