"""The plumbing that all vetagenda services share, without one domain word."""
