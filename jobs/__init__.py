"""Name the scheduled work, one value a module."""
