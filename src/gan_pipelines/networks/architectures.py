"""The architectures by name, each declared once; a new one is an entry here and its two builders."""

from dataclasses import dataclass
from typing import Literal

Drawn = Literal["images", "pairs", "points"]
"""What generators draw; the two images of a pair lie side by side."""

Input = Literal["labels", "codes"]
"""What networks may take beside latents and samples: the class of an image, or codes behind the latent vector."""


@dataclass(frozen=True)
class Architecture:
    """A pair of networks as it was published; it is read without importing Keras.

    Args:
        generator: Where the function is that builds it, as ``module:function``.
        discriminator: The same.
        latent_size: Length of the latent vector in the publication.
        reference: The publication.
        draws: What the generator draws.
        takes: Further inputs. Discriminators take labels too, and estimate codes.
        size_multiple: Heights and widths of images must be multiples of this many pixels.
        rebuilds: Whether the discriminator returns what it sees, rebuilt, instead of logits.
    """

    generator: str
    discriminator: str
    latent_size: int
    reference: str
    draws: Drawn = "images"
    takes: tuple[Input, ...] = ()
    size_multiple: int = 1
    rebuilds: bool = False


ARCHITECTURES: dict[str, Architecture] = {
    "mnist_transposed": Architecture(
        "gan_pipelines.networks.mnist:transposed_generator",
        "gan_pipelines.networks.mnist:strided_discriminator",
        latent_size=100,
        reference="Getting Started with DCGANs (Paperspace blog); Radford, Metz, Chintala 2015",
        size_multiple=4,
    ),
    "mnist_critic": Architecture(
        "gan_pipelines.networks.mnist:transposed_generator",
        "gan_pipelines.networks.mnist:strided_critic",
        latent_size=100,
        reference="Getting Started with DCGANs (Paperspace blog), the discriminator without dropout",
        size_multiple=4,
    ),
    "mnist_upsampling": Architecture(
        "gan_pipelines.networks.mnist:upsampling_generator",
        "gan_pipelines.networks.mnist:pooled_discriminator",
        latent_size=256,
        reference="Mastering TensorFlow 1.x, chapter 14",
    ),
    "fashion_upsampling": Architecture(
        "gan_pipelines.networks.upsampling:fashion_generator",
        "gan_pipelines.networks.upsampling:fashion_discriminator",
        latent_size=100,
        reference="Deep Learning for Vision Systems, chapter 8",
        size_multiple=4,
    ),
    "photo_upsampling": Architecture(
        "gan_pipelines.networks.upsampling:photo_generator",
        "gan_pipelines.networks.upsampling:photo_discriminator",
        latent_size=200,
        reference="The TensorFlow Workshop, chapter 11",
        size_multiple=32,
    ),
    "residual": Architecture(
        "gan_pipelines.networks.residual:generator",
        "gan_pipelines.networks.residual:discriminator",
        latent_size=64,
        reference="Huang, Gokaslan, Kuleshov, Tompkin 2024, much reduced",
        size_multiple=4,
    ),
    "mlp": Architecture(
        "gan_pipelines.networks.dense:mlp_generator",
        "gan_pipelines.networks.dense:mlp_discriminator",
        latent_size=256,
        reference="Mastering TensorFlow 1.x, chapter 14",
    ),
    "photo_mlp": Architecture(
        "gan_pipelines.networks.dense:photo_mlp_generator",
        "gan_pipelines.networks.dense:photo_mlp_discriminator",
        latent_size=200,
        reference="The TensorFlow Workshop, chapter 11 (the activity leaves the layers to the reader)",
    ),
    "conditional_transposed": Architecture(
        "gan_pipelines.networks.conditional:conditional_generator",
        "gan_pipelines.networks.conditional:projection_discriminator",
        latent_size=62,
        reference="Mirza, Osindero 2014; Miyato, Koyama 2018; the bodies of Chen et al. 2016",
        takes=("labels",),
        size_multiple=4,
    ),
    "information": Architecture(
        "gan_pipelines.networks.information:generator",
        "gan_pipelines.networks.information:discriminator",
        latent_size=62,
        reference="Chen, Duan, Houthooft, Schulman, Sutskever, Abbeel 2016, with dropout for normalisation",
        takes=("codes",),
        size_multiple=4,
    ),
    "autoencoder": Architecture(
        "gan_pipelines.networks.autoencoding:decoding_generator",
        "gan_pipelines.networks.autoencoding:autoencoding_discriminator",
        latent_size=16,
        reference="Berthelot, Schumm, Metz 2017, reduced",
        size_multiple=4,
        rebuilds=True,
    ),
    "coupled": Architecture(
        "gan_pipelines.networks.coupled:coupled_generator",
        "gan_pipelines.networks.coupled:coupled_discriminator",
        latent_size=100,
        reference="Liu, Tuzel 2016; the bodies of Chen et al. 2016",
        draws="pairs",
        size_multiple=4,
    ),
    "quadratic_mlp": Architecture(
        "gan_pipelines.networks.dense:quadratic_generator",
        "gan_pipelines.networks.dense:quadratic_discriminator",
        latent_size=5,
        reference="The TensorFlow Workshop, chapter 11",
        draws="points",
    ),
}


def architectures(draws: Drawn, takes: Input | None = None) -> tuple[str, ...]:
    """Returns the names of the architectures that draw something, and take something if it is given."""
    return tuple(
        name for name, each in ARCHITECTURES.items() if each.draws == draws and (takes is None or takes in each.takes)
    )
