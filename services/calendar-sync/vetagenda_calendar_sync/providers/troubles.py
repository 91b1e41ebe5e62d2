"""Codes for an answer that did not come. They are kept as a link's reason and shown to programs, so they are
words of ours and not the names of some library's exceptions."""

TIMEOUT, NO_CONNECTION, BROKEN_OFF = "timeout", "no-connection", "connection-broken-off"
