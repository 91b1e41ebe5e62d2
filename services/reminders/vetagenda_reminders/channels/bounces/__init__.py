"""E-mails that came back: reads the mail servers' reports and stops writing to addresses that are no more."""
