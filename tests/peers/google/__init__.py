"""A stand-in for Google on loopback: the Calendar API v3 and OAuth, faithful to the discovery document.

    with GoogleStandIn() as google:
        phone = google.phone()          # the vet's own hand in Google Calendar
        google.api_url                  # what `client_options={"api_endpoint": ...}` takes
        google.calls.count("events.insert")
        google.faults.add(Fault("events.insert", "lost"))

It is a real HTTP server, so the real `google-api-python-client` talks to it.
"""

from peers.google.channels import Notification
from peers.google.faults import Call, CallLog, Fault, Faults
from peers.google.phone import Phone
from peers.google.refusal import Refusal
from peers.google.server import GoogleStandIn

__all__ = ["Call", "CallLog", "Fault", "Faults", "GoogleStandIn", "Notification", "Phone", "Refusal"]
