"""What becomes of an owner's answer by SMS: a yes confirms the visit, or ends a product's ladder (REM-17)."""
