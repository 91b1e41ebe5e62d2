"""Instants around both clock changes of a year, and zones to look at them from."""

from datetime import datetime, timedelta

ZONES = ("America/New_York", "Asia/Kolkata", "UTC")
LENGTH = timedelta(minutes=20)
# Both changes of 2027 in Paris, and the hours around them that are missing or there twice.
STARTS = [
    datetime.fromisoformat(text)
    for text in (
        "2027-03-27T10:00:00+01:00",
        "2027-03-28T01:50:00+01:00",
        "2027-03-28T03:10:00+02:00",
        "2027-03-29T10:00:00+02:00",
        "2027-10-30T10:00:00+02:00",
        "2027-10-31T02:10:00+02:00",
        "2027-10-31T02:10:00+01:00",
        "2027-11-01T10:00:00+01:00",
    )
]
