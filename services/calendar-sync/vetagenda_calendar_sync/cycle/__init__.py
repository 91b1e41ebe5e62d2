"""A cycle of one link: lease, pull, settle, release."""
