"""Who looked at or changed what of a practice, with which key and when (PLAT-2)."""
