"""Nodes of a GAN that generates points in the plane."""

from typing import Any

from PIL.Image import Image

from gan_pipelines.adversarial.parameters import SamplingParameters
from gan_pipelines.networks.parameters import LatentParameters, NetworksParameters
from gan_pipelines.pipelines.artifacts import Arrays, DataFrame, KerasModel
from gan_pipelines.pipelines.sampling.nodes import sampled_latents, truncation_of, with_truncation
from gan_pipelines.pipelines.training.nodes import train_networks
from gan_pipelines.sources.point_parameters import PointsParameters
from gan_pipelines.training.checkpoint import CheckpointStore
from gan_pipelines.training.randomness import Distribution


def read_points(points: dict[str, Any]) -> tuple[Arrays, Arrays, dict[str, Any]]:
    """Reads or draws the points configured in ``<model>.points`` and splits them.

    Returns:
        Training and held-out ``points`` ``(points, 2)``, and a report of their source and counts.

    Raises:
        UserError: If the file cannot be read.
    """
    from gan_pipelines.sources import points as source

    parameters = PointsParameters.model_validate(points)
    training, heldout = source.split_points(
        source.read_points(parameters), parameters.heldout_fraction, parameters.seed
    )
    report = {
        "source": parameters.source,
        "path": parameters.path,
        "train": len(training),
        "heldout": len(heldout),
    }
    return {"points": training}, {"points": heldout}, report


def build_networks(
    training_points: Arrays, architecture: str, latent_size: int | None, codes: dict[str, Any] | None, seed: int
) -> tuple[KerasModel, KerasModel]:
    """Builds the untrained generator, latents to points, and the untrained discriminator, points to logits."""
    from gan_pipelines.networks import registry

    networks = {"architecture": architecture, "latent_size": latent_size, "codes": codes}
    shape = training_points["points"].shape[1:]
    return registry.build_networks(NetworksParameters.model_validate(networks), shape, seed)


def train_gan(
    untrained_generator: KerasModel,
    untrained_discriminator: KerasModel,
    training_points: Arrays,
    checkpoints: CheckpointStore,
    networks: dict[str, Any],
    training: dict[str, Any],
) -> tuple[KerasModel, KerasModel, DataFrame, Arrays, dict[str, Any]]:
    """Trains the generator against the discriminator on points, resuming from the latest checkpoint if any.

    Returns:
        The same as for images without snapshots; the ``samples`` of the previews are points ``(times, points, 2)``,
        float32.
    """
    pair = untrained_generator, untrained_discriminator
    return train_networks(training_points["points"], pair, checkpoints, networks, training, lambda points: points)[:-1]


def draw_samples(
    generator: KerasModel, latent_distribution: Distribution, codes: dict[str, Any] | None, sampling: dict[str, Any]
) -> Arrays:
    """Generates ``points`` ``(points, 2)`` from seeded ``latents`` ``(points, latent_size)``.

    If latents are truncated, the result includes the ``truncation``, ``()``.
    """
    from gan_pipelines.adversarial.sampling import generate

    parameters = SamplingParameters.model_validate(sampling)
    latent_parameters = LatentParameters.model_validate({"latent_distribution": latent_distribution, "codes": codes})
    latents = sampled_latents(generator, latent_parameters, parameters)
    return {"points": generate(generator, latents), "latents": latents, **truncation_of(parameters)}


def score_samples(
    samples: Arrays,
    untrained_samples: Arrays,
    training_points: Arrays,
    heldout_points: Arrays,
    discriminator: KerasModel,
    training_previews: Arrays,
    source: str,
    seed: int,
) -> dict[str, Any]:
    """Scores generated points against held-out points; baselines are the untrained generator and training points."""
    from gan_pipelines.scores.point_evaluation import PointSets, accuracy_section, score_points

    sets = PointSets(
        training=training_points["points"],
        heldout=heldout_points["points"],
        samples=samples["points"],
        untrained=untrained_samples["points"],
    )
    previews = list(zip(training_previews["steps"].tolist(), training_previews["samples"], strict=True))
    scores = score_points(sets, seed, previews if source == "parabola" else None)
    return with_truncation({**scores, "discriminator_accuracy": accuracy_section(discriminator, sets)}, samples)


def draw_scatter(samples: Arrays, heldout_points: Arrays) -> Image:
    """Returns a scatter plot of the generated points over the same number of real points."""
    from gan_pipelines.reporting.scatter import Plane, scatter

    real, generated = heldout_points["points"], samples["points"]
    return scatter(real[: len(generated)], generated, Plane.around(real))


def draw_stages(training_previews: Arrays, heldout_points: Arrays) -> Image:
    """Returns a contact sheet of scatter plots at evenly spaced previews."""
    from gan_pipelines.reporting.contact_sheet import contact_sheet, evenly_spaced

    chosen = evenly_spaced(len(training_previews["steps"]))
    pictures = _preview_scatters(training_previews, heldout_points)
    captions = [f"step {step:,}" for step in training_previews["steps"]]
    return contact_sheet([pictures[index] for index in chosen], [captions[index] for index in chosen], columns=3)


def animate_training(training_previews: Arrays, heldout_points: Arrays) -> list[Image]:
    """Returns the frames of the training animation: one scatter plot per preview."""
    from gan_pipelines.reporting.animation import animation_frames

    captions = [f"step {step:,}" for step in training_previews["steps"]]
    return animation_frames(_preview_scatters(training_previews, heldout_points), captions)


def write_model_card(
    generator: KerasModel,
    discriminator: KerasModel,
    points_report: dict[str, Any],
    training_record: dict[str, Any],
    scores: dict[str, Any],
    networks: dict[str, Any],
    training: dict[str, Any],
    claims: dict[str, Any],
) -> dict[str, Any]:
    """Returns the model card of a generator of points."""
    from gan_pipelines.pipelines.reporting import facts
    from gan_pipelines.reporting.model_card import usage_snippet

    chosen = NetworksParameters.model_validate(networks)
    return facts.card(
        facts.gan_facts(generator, discriminator, chosen, "points (x, y)"),
        facts.data_facts("points", points_report, points_report),
        training,
        training_record,
        claims,
        scores,
        usage_snippet("generator.keras", generator.input_shape[-1], "points (16, 2)"),
    )


def _preview_scatters(training_previews: Arrays, heldout_points: Arrays) -> list[Image]:
    from gan_pipelines.reporting.scatter import Plane, scatter

    real = heldout_points["points"]
    plane = Plane.around(real)
    return [scatter(real[: len(generated)], generated, plane) for generated in training_previews["samples"]]
