"""The race: actfn and other libraries on the same arrays, by turns, each in its own process."""
