"""How long the history keeps names, numbers and texts."""
