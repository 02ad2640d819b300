"""Registry of the models and schemas of their parameters."""
