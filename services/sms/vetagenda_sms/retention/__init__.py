"""How long number and text of a message are kept."""
