"""The whole platform on one machine, with PostgreSQL and NATS from their wheels."""
