"""Requests go to the service that serves their path, answers come back: raw ASGI, streaming both ways."""
