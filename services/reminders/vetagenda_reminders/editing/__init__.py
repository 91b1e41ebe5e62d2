"""A person changes what has not left: days, or words."""
