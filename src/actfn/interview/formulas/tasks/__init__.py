"""The formula tasks, one table per family; each module lists its own in ``TASKS``."""
