"""Apps of other organisations: which practices let them in, which owners are connected, what they see."""
