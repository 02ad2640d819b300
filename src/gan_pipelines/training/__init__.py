"""One engine for all that is trained: phases, batches, randomness, checkpoints, devices, progress."""
