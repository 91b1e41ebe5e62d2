"""The one public door: keys, rate limits, contracts and the event feed."""
