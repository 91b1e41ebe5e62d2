"""How long it is kept what was asked for."""
