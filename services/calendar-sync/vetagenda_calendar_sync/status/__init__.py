"""What a link says of itself, in words that its people understand."""
