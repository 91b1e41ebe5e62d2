"""Reminder rules, the ledger of what is due, and the channels."""
