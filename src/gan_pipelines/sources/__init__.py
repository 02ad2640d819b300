"""Data sources: embedded digits, IDX files, Keras downloads, image folders, synthetic images, points, headlines."""

from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.registry import read_images
from gan_pipelines.sources.splitting import split_images

__all__ = ["ImageSet", "ImagesParameters", "read_images", "split_images"]
