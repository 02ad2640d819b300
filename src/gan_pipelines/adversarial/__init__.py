"""Adversarial training: losses, penalties, augmentation and sampling."""
