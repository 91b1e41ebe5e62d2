"""What a practice's month cost in calls, messages and bytes, all services together (PLAT-6)."""
