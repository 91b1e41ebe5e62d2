"""From due to handed over: asks, judges, writes, hands over, and calls back what is no longer true."""
