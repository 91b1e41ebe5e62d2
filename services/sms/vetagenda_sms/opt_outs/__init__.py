"""Who wants no SMS any more."""
