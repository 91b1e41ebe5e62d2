"""What a text with merge fields would cost, over the practice's real owners and animals."""
