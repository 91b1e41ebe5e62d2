"""Each vet's agenda in Google Calendar or any CalDAV client."""
