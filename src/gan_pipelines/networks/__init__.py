"""Generators and discriminators: functions from a typed specification to a Functional ``keras.Model``."""
