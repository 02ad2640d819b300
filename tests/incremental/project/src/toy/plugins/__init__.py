"""Modules that are imported by a name that only the parameters know."""
