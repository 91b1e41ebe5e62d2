"""What templates, rules and products have in common: made, read, changed under their version, deleted."""
