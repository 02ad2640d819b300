"""Captions as numbers: words, and a pair of encoders that are trained to match pictures and captions."""
