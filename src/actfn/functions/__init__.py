"""One file per activation."""
