"""The interview room in a terminal."""
