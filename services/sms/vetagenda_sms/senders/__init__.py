"""Whom the owner's telephone shows as the sender (SMS-6)."""
