"""Care timelines: what an owner is told step by step around a visit of one type (REM-16)."""
