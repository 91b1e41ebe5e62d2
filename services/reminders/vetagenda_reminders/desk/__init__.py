"""Telling the practice of what was written to it at the desk, by e-mail, fax or SMS (DESK-5)."""
