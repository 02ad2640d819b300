"""Data sources: embedded digits, IDX files, Keras downloads, image folders, captions, drawings, points, headlines."""

from gan_pipelines.sources.caption_parameters import CaptionedImagesParameters
from gan_pipelines.sources.image_set import ImageSet
from gan_pipelines.sources.parameters import ImagesParameters
from gan_pipelines.sources.registry import read_images
from gan_pipelines.sources.splitting import split_images
from gan_pipelines.sources.translation_parameters import (
    DomainImagesParameters,
    PairedImagesParameters,
    UpscalingImagesParameters,
)

__all__ = [
    "CaptionedImagesParameters",
    "DomainImagesParameters",
    "ImageSet",
    "ImagesParameters",
    "PairedImagesParameters",
    "UpscalingImagesParameters",
    "read_images",
    "split_images",
]
