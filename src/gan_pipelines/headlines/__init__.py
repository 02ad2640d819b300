"""Headlines: text preparation, language model, decoding."""
