"""Measurements; every number in the README comes from here. ``make bench`` runs them."""
