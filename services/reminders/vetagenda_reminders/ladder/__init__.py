"""One channel after the other until the owner confirms, the cheapest first (REM-17)."""
