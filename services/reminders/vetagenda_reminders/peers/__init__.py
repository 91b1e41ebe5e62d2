"""Thin typed clients of the services that reminders asks or orders from."""
