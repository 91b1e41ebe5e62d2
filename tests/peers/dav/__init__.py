"""Real CalDAV servers in processes of their own, a faulty way there, and a phone that goes directly."""

from peers.dav.phone import DavPhone
from peers.dav.servers import DavServer, Radicale, Xandikos
from peers.dav.way import DavPeer

__all__ = ["DavPeer", "DavPhone", "DavServer", "Radicale", "Xandikos"]
