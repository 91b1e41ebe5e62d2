"""Holding back all messages of the platform."""
