"""How long an event waits that neither side would take: the others never wait for it. Pure."""

from datetime import timedelta

PAUSES = (timedelta(0), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=6))


def pause_after(attempts: int) -> timedelta:
    """Once may be an accident: the next cycle tries again."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]
