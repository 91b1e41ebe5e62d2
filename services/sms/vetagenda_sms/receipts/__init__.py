"""What carriers tell of a message after they have taken it over (SMS-6)."""
