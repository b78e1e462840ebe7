"""Touch the world: files, databases and reports."""
