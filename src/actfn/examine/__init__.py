"""Measuring an implementation of an activation: accuracy, gradient, stability, contract, speed."""
