"""Products and the reminders that giving one to an animal brings (REM-6, REM-7)."""
