"""The compiled parts of the softmax family; importing one imports Numba."""
