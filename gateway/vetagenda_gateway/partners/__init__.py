"""Which events a partner's app may see (PART-4): kept up to date by the very events of the feed."""
