"""What a practice chooses for its SMS."""
