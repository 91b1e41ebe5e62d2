"""CalDAV (RFC 4791, with sync-collection of RFC 6578): the only folder that knows its words."""
