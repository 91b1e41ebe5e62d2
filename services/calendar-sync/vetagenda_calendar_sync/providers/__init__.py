"""How a link reaches its remote calendar, whoever keeps it."""
