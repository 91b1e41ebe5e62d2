"""Every night the ledger is held against the agenda: what it never heard of is planned after all."""
