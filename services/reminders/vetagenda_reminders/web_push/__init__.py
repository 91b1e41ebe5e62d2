"""Web Push: messages to the browsers that owners subscribed with (RFC 8030, 8291, 8292)."""
