"""Everything of a platform in one file, and back."""
