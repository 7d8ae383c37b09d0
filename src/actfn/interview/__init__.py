"""The interview room: asks, times and grades code, formulas and spoken answers."""
