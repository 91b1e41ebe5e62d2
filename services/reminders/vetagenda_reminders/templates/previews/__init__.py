"""What a template would say now: written as messages are that leave, and sent to nobody."""
