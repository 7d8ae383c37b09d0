"""From a record to NumPy ufuncs: arithmetic, machine code, loops, threads."""
