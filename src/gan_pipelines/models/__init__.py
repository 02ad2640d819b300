"""The models: each is declared once in `declarations`, with the parameters that its kind takes."""
