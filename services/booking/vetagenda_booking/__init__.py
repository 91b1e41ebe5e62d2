"""Who may book what, when and how far ahead."""
