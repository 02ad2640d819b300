"""Where raw data comes from: embedded digits, IDX files, Keras downloads, folders of photos."""
