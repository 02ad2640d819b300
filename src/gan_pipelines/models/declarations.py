"""The models by the names of their pipelines, each declared once.

A model is its kind and a file of parameters, ``conf/base/parameters_<model>.yml``, in which its presets say how it
differs from others: its loss, penalties, optimizers and architecture. The formulas of losses and penalties stand in
`gan_pipelines.adversarial`, the networks in `gan_pipelines.networks.architectures`.
"""

from dataclasses import dataclass
from typing import Literal

from gan_pipelines.models.parameters import (
    CodedGANParameters,
    CoupledGANParameters,
    HeadlinesParameters,
    ImageGANParameters,
    LabelledGANParameters,
    PointGANParameters,
)
from gan_pipelines.parameter_model import PresetParameters

Data = Literal["images", "points", "headlines"]
"""What models learn from; ``every.<data>`` holds parameters of all that learn from it."""


@dataclass(frozen=True)
class Kind:
    """Models that share a pipeline and its parameters.

    Args:
        data: What they learn from.
        parameters: What stands below their names in the parameters.
        pipeline: The folder in `gan_pipelines.pipelines` that wires their stages, also those that only they have.
    """

    data: Data
    parameters: type[PresetParameters]
    pipeline: str


IMAGES = Kind("images", ImageGANParameters, "images")
LABELLED_IMAGES = Kind("images", LabelledGANParameters, "labels")
CODED_IMAGES = Kind("images", CodedGANParameters, "codes")
PAIRS = Kind("images", CoupledGANParameters, "coupling")
POINTS = Kind("points", PointGANParameters, "points")
HEADLINES = Kind("headlines", HeadlinesParameters, "headlines")


@dataclass(frozen=True)
class Model:
    """A model.

    Args:
        kind: What it learns from and draws, and how.
        title: What it is, for the README.
        reference: Its paper or chapter.
        from_chapters: Whether a chapter of a book or a post builds it; others are derivatives.
    """

    kind: Kind
    title: str
    reference: str
    from_chapters: bool = False


MODELS: dict[str, Model] = {
    "dcgan": Model(
        IMAGES,
        "deep convolutional GAN on digits",
        '"Getting Started with DCGANs" (Paperspace blog), after Radford, Metz and Chintala 2015',
        from_chapters=True,
    ),
    "simple_gan": Model(
        IMAGES,
        "fully connected GAN on digits",
        '"Mastering TensorFlow 1.x", chapter 14, after Goodfellow et al. 2014',
        from_chapters=True,
    ),
    "quadratic_gan": Model(
        POINTS,
        "a GAN of 223 parameters that learns y = x²",
        '"The TensorFlow Workshop", chapter 11',
        from_chapters=True,
    ),
    "headlines": Model(
        HEADLINES, "LSTM that writes headlines", '"The TensorFlow Workshop", chapter 11', from_chapters=True
    ),
    "photo_dcgan": Model(
        IMAGES,
        "convolutional GAN on 96x96 photos of one kind of fruit",
        '"The TensorFlow Workshop", chapter 11',
        from_chapters=True,
    ),
    "photo_gan": Model(
        IMAGES, "the same with fully connected networks", "an activity of the same chapter", from_chapters=True
    ),
    "conditional_gan": Model(
        LABELLED_IMAGES,
        "told the class of each image; draws the class it is asked for",
        "Mirza and Osindero 2014, with the projection of Miyato and Koyama 2018",
    ),
    "infogan": Model(CODED_IMAGES, "finds ten categories and two directions by itself", "Chen et al. 2016"),
    "lsgan": Model(IMAGES, "least squares instead of cross-entropy", "Mao et al. 2017"),
    "wgan": Model(IMAGES, "a critic of bounded weights", "Arjovsky et al. 2017"),
    "wgan_gp": Model(IMAGES, "a critic of slopes near 1", "Gulrajani et al. 2017"),
    "hinge_gan": Model(IMAGES, "hinge loss and spectral normalisation", "Lim and Ye 2017; Miyato et al. 2018"),
    "r3gan": Model(
        IMAGES,
        "rates real and generated images in pairs, with two penalties and no normalisation",
        "Huang et al. 2024",
    ),
    "began": Model(
        IMAGES, "the discriminator is an autoencoder, kept in balance by a control", "Berthelot et al. 2017"
    ),
    "cogan": Model(
        PAIRS, "draws a digit and its edges from one latent, though it never sees a pair", "Liu and Tuzel 2016"
    ),
}
