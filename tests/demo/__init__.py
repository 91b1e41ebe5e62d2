"""`make demo`: the main job, played over HTTP through the gateway of a fresh platform."""
