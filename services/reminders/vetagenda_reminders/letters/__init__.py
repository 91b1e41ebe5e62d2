"""Letters to print and post (REM-10, REM-13): who gets one, and the sheets of a batch as one PDF."""
