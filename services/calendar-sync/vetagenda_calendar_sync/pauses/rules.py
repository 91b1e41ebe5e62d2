"""What a pause answers to who asks for work, and what it does to a cycle under way."""

from vetagenda_kit.problems import Conflict


class SyncPaused(Conflict):
    """`level` says what is paused: the link, the practice, or the platform (maintenance)."""

    code, title = "sync-paused", "The synchronisation is paused"


class Drained(Exception):
    """A cycle under way has met a pause: the row under work was finished, the rest waits."""
