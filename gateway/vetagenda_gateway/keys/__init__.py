"""API keys: made, looked up, rotated, revoked."""
