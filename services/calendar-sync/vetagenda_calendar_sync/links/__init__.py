"""Links between a column of the agenda and a remote calendar."""
