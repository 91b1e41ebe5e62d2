"""The event feed: every event of a practice, numbered without a gap, to be read again and again."""
