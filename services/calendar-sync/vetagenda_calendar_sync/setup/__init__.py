"""The page on which a vet connects a calendar and sees how it fares, without an account."""
