"""The engine: who changed what since both sides last agreed, and what follows from it."""
