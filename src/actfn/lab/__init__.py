"""Textbook claims about activation functions, run instead of believed."""
