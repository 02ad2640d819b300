"""Generators and discriminators; each builder maps a `NetworkSpecification` to a functional ``keras.Model``."""
