"""Google Calendar, API v3: the only folder that knows its words."""
