"""Practices, calendars, occupancy, appointments, owners and animals."""
