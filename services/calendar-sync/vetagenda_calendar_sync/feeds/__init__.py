"""Read-only addresses under which a phone can subscribe to a column of the agenda (RFC 5545)."""
