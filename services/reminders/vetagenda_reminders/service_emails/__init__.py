"""E-mails that are no reminders: other services order them, one by one, and what they carry is secret."""
