"""Tomatoes as a product photographer would take them, drawn from a few random numbers each."""
