"""A small project whose nodes count their calls outside of it."""
