"""Visits with their lines: what was given and done, and which reminder each line brings (REM-7, REM-8)."""
