"""How an appointment reads in a remote calendar, and back. Pure."""
