"""Registry of the models, by the names of their pipelines.

A model is a kind and a parameter file ``conf/base/parameters_<model>.yml``, whose presets set its loss, penalties,
optimizers and architecture. Losses and penalties are implemented in `gan_pipelines.adversarial`; the networks are
listed in `gan_pipelines.networks.architectures`.
"""

from dataclasses import dataclass
from typing import Literal

from gan_pipelines.models.caption_parameters import StackGANParameters, StackGANTreeParameters
from gan_pipelines.models.parameters import (
    CodedGANParameters,
    CoupledGANParameters,
    GrowingGANParameters,
    HeadlinesParameters,
    ImageGANParameters,
    LabelledGANParameters,
    PointGANParameters,
    ReferencedGANParameters,
)
from gan_pipelines.models.translation_parameters import (
    PairedTranslatorParameters,
    UnpairedTranslatorParameters,
    UpscalerParameters,
)
from gan_pipelines.parameter_model import PresetParameters

Data = Literal["images", "captions", "translations", "points", "headlines"]
"""Kind of training data; ``every.<data>`` has the parameters that all models of this kind of data share."""


@dataclass(frozen=True)
class Kind:
    """Models that share a pipeline and its parameters.

    Args:
        data: Kind of training data.
        parameters: Schema of the sections ``<model>``.
        pipeline: Folder in `gan_pipelines.pipelines` that creates the pipeline.
    """

    data: Data
    parameters: type[PresetParameters]
    pipeline: str


IMAGES = Kind("images", ImageGANParameters, "images")
LABELLED_IMAGES = Kind("images", LabelledGANParameters, "labels")
CODED_IMAGES = Kind("images", CodedGANParameters, "codes")
REFERENCED_IMAGES = Kind("images", ReferencedGANParameters, "reference")
GROWING_IMAGES = Kind("images", GrowingGANParameters, "growing")
PAIRS = Kind("images", CoupledGANParameters, "coupling")
PAIRED_TRANSLATION = Kind("translations", PairedTranslatorParameters, "paired_translation")
UNPAIRED_TRANSLATION = Kind("translations", UnpairedTranslatorParameters, "unpaired_translation")
SUPER_RESOLUTION = Kind("translations", UpscalerParameters, "super_resolution")
STACKED_STAGES = Kind("captions", StackGANParameters, "stackgan")
STACKED_SIZES = Kind("captions", StackGANTreeParameters, "stackgan_v2")
POINTS = Kind("points", PointGANParameters, "points")
HEADLINES = Kind("headlines", HeadlinesParameters, "headlines")


@dataclass(frozen=True)
class Model:
    """A model, as listed in the README.

    Args:
        kind: Pipeline and parameters.
        title: Short description.
        reference: Paper or book chapter.
        from_book: Whether it is from a book chapter or a blog post; other models are variants.
    """

    kind: Kind
    title: str
    reference: str
    from_book: bool = False


MODELS: dict[str, Model] = {
    "dcgan": Model(
        IMAGES,
        "deep convolutional GAN on digits",
        '"Getting Started with DCGANs" (Paperspace blog), after Radford, Metz and Chintala 2015',
        from_book=True,
    ),
    "simple_gan": Model(
        IMAGES,
        "fully connected GAN on digits",
        '"Mastering TensorFlow 1.x", chapter 14, after Goodfellow et al. 2014',
        from_book=True,
    ),
    "quadratic_gan": Model(
        POINTS,
        "a GAN of 223 parameters that learns y = x²",
        '"The TensorFlow Workshop", chapter 11',
        from_book=True,
    ),
    "headlines": Model(
        HEADLINES, "LSTM that writes headlines", '"The TensorFlow Workshop", chapter 11', from_book=True
    ),
    "photo_dcgan": Model(
        IMAGES,
        "convolutional GAN on 96x96 photos of one kind of fruit",
        '"The TensorFlow Workshop", chapter 11',
        from_book=True,
    ),
    "photo_gan": Model(
        IMAGES, "the same with fully connected networks", "an activity of the same chapter", from_book=True
    ),
    "conditional_gan": Model(
        LABELLED_IMAGES,
        "class-conditional: draws images of the class that it is given",
        "Mirza and Osindero 2014, with the projection of Miyato and Koyama 2018",
    ),
    "infogan": Model(CODED_IMAGES, "learns ten categories and two continuous codes without labels", "Chen et al. 2016"),
    "lsgan": Model(IMAGES, "least squares instead of cross-entropy", "Mao et al. 2017"),
    "wgan": Model(IMAGES, "a critic with clipped weights", "Arjovsky et al. 2017"),
    "wgan_gp": Model(IMAGES, "a critic with gradient norms near 1", "Gulrajani et al. 2017"),
    "hinge_gan": Model(IMAGES, "hinge loss and spectral normalisation", "Lim and Ye 2017; Miyato et al. 2018"),
    "r3gan": Model(
        IMAGES,
        "relativistic loss of pairs, two gradient penalties, no normalisation",
        "Huang et al. 2024",
    ),
    "began": Model(
        IMAGES, "an autoencoder as discriminator, balanced by proportional control", "Berthelot et al. 2017"
    ),
    "cogan": Model(
        PAIRS, "draws a digit and its edges from one latent, though it never sees a pair", "Liu and Tuzel 2016"
    ),
    "hr_dcgan": Model(
        REFERENCED_IMAGES,
        "a deep convolutional GAN with SELU, compared with the same networks with ReLU",
        "Curtó et al. 2017",
    ),
    "progan": Model(
        GROWING_IMAGES,
        "grows from 8 to 64 px while it is trained, compared with the same networks at 64 px alone",
        "Karras et al. 2018",
    ),
    "stackgan": Model(
        STACKED_STAGES,
        "draws small pictures from captions, and repaints them larger in a second stage",
        "Zhang et al. 2016",
    ),
    "stackgan_v2": Model(
        STACKED_SIZES,
        "draws three sizes of a picture at once from captions, each with a discriminator of its own",
        "Zhang et al. 2017",
    ),
    "pix2pix": Model(
        PAIRED_TRANSLATION, "paints a picture over a map of labels, trained on pairs of both", "Isola et al. 2016"
    ),
    "cyclegan": Model(
        UNPAIRED_TRANSLATION, "turns ripe fruit into green fruit and back, trained without pairs", "Zhu et al. 2017"
    ),
    "discogan": Model(
        UNPAIRED_TRANSLATION, "finds the relation between ripe and green fruit without pairs", "Kim et al. 2017"
    ),
    "srgan": Model(SUPER_RESOLUTION, "enlarges pictures four times and sharpens them", "Ledig et al. 2016"),
}
