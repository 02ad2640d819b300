"""Registry of the architectures; to add one, write its two builders and add an entry here.

This module does not import Keras, so that parameters are checked without it.
"""

from dataclasses import dataclass
from typing import Literal

SampleKind = Literal["images", "pairs", "points"]
"""Kind of generated samples; the two images of a pair are concatenated along the width."""

Input = Literal["labels", "codes"]
"""Additional inputs of the networks: the class of an image, or codes appended to the latent vector."""


@dataclass(frozen=True)
class Architecture:
    """A published pair of generator and discriminator.

    Args:
        generator: Builder of the generator, ``module:function`` in this package; the function's name seeds the weights.
        discriminator: Builder of the discriminator, likewise.
        latent_size: Published length of the latent vector.
        reference: Publication.
        draws: Kind of generated samples.
        takes: Additional inputs of the generator. Labels are an input of the discriminator too; codes are an output.
        size_multiple: Heights and widths of images must be multiples of this number of pixels.
        grows: Whether the networks can be built for smaller images too, to be trained stage by stage.
        rebuilds: Whether the discriminator is an autoencoder that outputs reconstructions instead of logits.
    """

    generator: str
    discriminator: str
    latent_size: int
    reference: str
    draws: SampleKind = "images"
    takes: tuple[Input, ...] = ()
    size_multiple: int = 1
    rebuilds: bool = False
    grows: bool = False


ARCHITECTURES: dict[str, Architecture] = {
    "mnist_transposed": Architecture(
        "mnist:transposed_generator",
        "mnist:strided_discriminator",
        latent_size=100,
        reference="Getting Started with DCGANs (Paperspace blog); Radford, Metz, Chintala 2015",
        size_multiple=4,
    ),
    "mnist_critic": Architecture(
        "mnist:transposed_generator",
        "mnist:strided_critic",
        latent_size=100,
        reference="Getting Started with DCGANs (Paperspace blog), the discriminator without dropout",
        size_multiple=4,
    ),
    "mnist_upsampling": Architecture(
        "mnist:upsampling_generator",
        "mnist:pooled_discriminator",
        latent_size=256,
        reference="Mastering TensorFlow 1.x, chapter 14",
    ),
    "fashion_upsampling": Architecture(
        "upsampling:fashion_generator",
        "upsampling:fashion_discriminator",
        latent_size=100,
        reference="Deep Learning for Vision Systems, chapter 8",
        size_multiple=4,
    ),
    "photo_upsampling": Architecture(
        "upsampling:photo_generator",
        "upsampling:photo_discriminator",
        latent_size=200,
        reference="The TensorFlow Workshop, chapter 11",
        size_multiple=32,
    ),
    "photo_selu": Architecture(
        "selu:selu_generator",
        "selu:selu_discriminator",
        latent_size=100,
        reference="Curtó, Zarza, de la Torre, King, Lyu 2017, with the layers of a small DCGAN",
        size_multiple=4,
    ),
    "photo_relu": Architecture(
        "selu:relu_generator",
        "selu:leaky_discriminator",
        latent_size=100,
        reference="Radford, Metz, Chintala 2015, reduced",
        size_multiple=4,
    ),
    "progressive": Architecture(
        "progressive:published_generator",
        "progressive:published_discriminator",
        latent_size=512,
        reference="Karras, Aila, Laine, Lehtinen 2018",
        size_multiple=4,
        grows=True,
    ),
    "progressive_small": Architecture(
        "progressive:small_generator",
        "progressive:small_discriminator",
        latent_size=64,
        reference="Karras, Aila, Laine, Lehtinen 2018, with fewer channels",
        size_multiple=4,
        grows=True,
    ),
    "residual": Architecture(
        "residual:generator",
        "residual:discriminator",
        latent_size=64,
        reference="Huang, Gokaslan, Kuleshov, Tompkin 2024, much reduced",
        size_multiple=4,
    ),
    "mlp": Architecture(
        "dense:mlp_generator",
        "dense:mlp_discriminator",
        latent_size=256,
        reference="Mastering TensorFlow 1.x, chapter 14",
    ),
    "photo_mlp": Architecture(
        "dense:photo_mlp_generator",
        "dense:photo_mlp_discriminator",
        latent_size=200,
        reference="The TensorFlow Workshop, chapter 11 (the activity leaves the layers to the reader)",
    ),
    "conditional_transposed": Architecture(
        "conditional:conditional_generator",
        "conditional:projection_discriminator",
        latent_size=62,
        reference="Mirza, Osindero 2014; Miyato, Koyama 2018; the bodies of Chen et al. 2016",
        takes=("labels",),
        size_multiple=4,
    ),
    "infogan": Architecture(
        "infogan:generator",
        "infogan:discriminator",
        latent_size=62,
        reference="Chen, Duan, Houthooft, Schulman, Sutskever, Abbeel 2016, with dropout for normalisation",
        takes=("codes",),
        size_multiple=4,
    ),
    "autoencoder": Architecture(
        "autoencoding:decoding_generator",
        "autoencoding:autoencoding_discriminator",
        latent_size=16,
        reference="Berthelot, Schumm, Metz 2017, reduced",
        size_multiple=4,
        rebuilds=True,
    ),
    "coupled": Architecture(
        "coupled:coupled_generator",
        "coupled:coupled_discriminator",
        latent_size=100,
        reference="Liu, Tuzel 2016; the bodies of Chen et al. 2016",
        draws="pairs",
        size_multiple=4,
    ),
    "quadratic_mlp": Architecture(
        "dense:quadratic_generator",
        "dense:quadratic_discriminator",
        latent_size=5,
        reference="The TensorFlow Workshop, chapter 11",
        draws="points",
    ),
}


def architectures(draws: SampleKind, takes: Input | None = None) -> tuple[str, ...]:
    """Returns the names of the architectures with this kind of samples and, if given, this additional input."""
    return tuple(
        name for name, each in ARCHITECTURES.items() if each.draws == draws and (takes is None or takes in each.takes)
    )
