"""Webhooks: each event of a practice is posted to whoever asked for it (Standard Webhooks)."""
