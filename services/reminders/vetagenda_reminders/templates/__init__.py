"""The texts of messages: merge fields, default sentences, dates as people read them."""
