"""Training engine of all models: phases, batches, randomness, checkpoints, devices and progress."""
