"""One click ends recalls by e-mail (RFC 8058): the signed address, its page, and the order to the agenda."""
