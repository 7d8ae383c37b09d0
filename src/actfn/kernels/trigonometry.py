"""Compiled sin and cos for arguments of any size."""
