"""Headlines: their text, a language model of them, and new ones."""
