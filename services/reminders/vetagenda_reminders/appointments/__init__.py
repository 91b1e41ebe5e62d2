"""What an appointment's owner is told, and when: planned from the agenda's present state."""
