"""Grading code answers by what they compute. NumPy and the standard library only."""
