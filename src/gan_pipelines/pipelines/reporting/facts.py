"""Sections of the model card, built from the outputs of earlier stages."""

import platform
from typing import Any

from pydantic import TypeAdapter

from gan_pipelines.networks.architectures import ARCHITECTURES
from gan_pipelines.networks.parameters import NetworksParameters
from gan_pipelines.pipelines.artifacts import KerasModel
from gan_pipelines.reporting.claims import checked_claims
from gan_pipelines.reporting.model_card import (
    DataFacts,
    EnvironmentFacts,
    ModelFacts,
    TrainingFacts,
    model_card,
    package_versions,
)
from gan_pipelines.reporting.parameters import Claims
from gan_pipelines.training.codes import CodeParameters

_MAXIMUM_CLASSES_LISTED = 100
_PACKAGES = ("gan_pipelines", "kedro", "pillow")
_TRAINING_PACKAGES = ("jax", "jaxlib", "keras", "numpy", "tensorflow")
"""Versions are taken from the training record, since other versions may be installed by now."""
_DISTRIBUTIONS = {"normal": "standard normal", "uniform": "uniform in [-1, 1]"}


def gan_facts(
    generator: KerasModel, discriminator: KerasModel, networks: NetworksParameters, samples: str
) -> ModelFacts:
    """Returns the card section of the networks of a GAN; ``samples`` describes the output of the generator."""
    latents, *classes = (tensor.shape for tensor in generator.inputs)
    inputs = f"latents {_shape(latents)}, {_DISTRIBUTIONS[networks.latent_distribution]}"
    return ModelFacts(
        name="generative adversarial network",
        architecture=networks.architecture,
        published_in=ARCHITECTURES[networks.architecture].reference,
        parameters={"generator": generator.count_params(), "discriminator": discriminator.count_params()},
        inputs=inputs
        + _code_description(networks.codes)
        + "".join(f"; classes {_shape(shape)}, one-hot" for shape in classes),
        outputs=f"{samples} {_shape(generator.output_shape)}",
    )


def _code_description(codes: CodeParameters | None) -> str:
    if codes is None:
        return ""
    return f", but for the last: a one-hot category of {codes.categories}, and {codes.continuous} numbers in [-1, 1]"


def card(
    model: ModelFacts,
    data: DataFacts,
    training: dict[str, Any],
    record: dict[str, Any],
    claims: dict[str, Any],
    scores: dict[str, Any],
    how_to_use: str,
) -> dict[str, Any]:
    """Returns a model card.

    Args:
        model: Section of the networks.
        data: Section of the training data.
        training: Section ``<model>.training`` of the parameters.
        record: Record of the training.
        claims: Section ``<model>.claims`` of the parameters.
        scores: Computed scores.
        how_to_use: Code that loads the model and samples from it.
    """
    return model_card(
        model=model,
        data=data,
        training=training_facts(training, record),
        environment=environment_facts(record["environment"]),
        claims=check_claims(claims, scores),
        scores=scores,
        how_to_use=how_to_use,
    )


def data_facts(kind: str, reading: dict[str, Any], split: dict[str, Any]) -> DataFacts:
    """Returns the card section of the training data.

    Args:
        kind: Kind of examples, such as images.
        reading: Report of the source: ``source`` and optionally ``rejected``, ``classes`` and ``pairs``.
        split: Report of the split: ``train``, ``heldout`` and optionally ``duplicates_removed``, and ``sha256`` and
            ``heldout_sha256`` of the examples.
    """
    classes = list(reading.get("classes", ()))
    facts = DataFacts(
        kind=kind,
        source=reading["source"],
        training=split["train"],
        heldout=split["heldout"],
        duplicates_removed=sum(split.get("duplicates_removed", {}).values()),
        rejected=reading.get("rejected", {"count": 0})["count"],
        classes=classes if len(classes) <= _MAXIMUM_CLASSES_LISTED else [f"{len(classes):,} classes"],
        training_sha256=split.get("sha256"),
        heldout_sha256=split.get("heldout_sha256"),
    )
    pairs = reading.get("pairs", {})
    if "direction" in pairs:
        facts["direction"] = pairs["direction"]
    if "pairs_by" in pairs:
        facts["pairs_by"] = pairs["pairs_by"]
    return facts


def training_facts(parameters: dict[str, Any], record: dict[str, Any]) -> TrainingFacts:
    """Returns the card section of the training."""
    return TrainingFacts(
        steps=record["steps"],
        best_step=record.get("best_step"),
        stopped_early=record.get("stopped_early", False),
        epochs=record["epochs"],
        examples_per_second=record["examples_per_second"],
        seconds=record["seconds"],
        resumed=record["resumed"],
        is_exact=record["is_exact"],
        jit_compile=record["environment"]["jit_compile"] == "true",
        parameters=parameters,
    )


def best_generator_facts(best_scores: dict[str, Any], snapshot_scores: dict[str, Any]) -> dict[str, Any]:
    """Returns step and epoch of the best generator and its distance from held-out images."""
    distance = snapshot_scores["conditions"]["distance"]
    progress = {key: snapshot_scores["best"][key] for key in ("step", "epoch")}
    return {
        **progress,
        distance: best_scores.get(distance),
        "chosen_by": f"{distance} from training images",
        "collapsed_since_step": snapshot_scores["collapsed_since_step"],
    }


def environment_facts(environment: dict[str, str]) -> EnvironmentFacts:
    """Returns the card section of the training environment."""
    training_versions = {name: environment[name] for name in _TRAINING_PACKAGES if name in environment}
    return EnvironmentFacts(
        backend=environment["backend"],
        python=environment["python"],
        platform=platform.platform(),
        processor=environment["processor"],
        device=environment["device"],
        threads=int(environment["threads"]),
        packages=dict(sorted((package_versions(_PACKAGES) | training_versions).items())),
    )


def check_claims(section: dict[str, Any], scores: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns each claim of ``<model>.claims`` with the measured value."""
    return checked_claims(TypeAdapter(Claims).validate_python(section), scores)


def _shape(shape: tuple[int | None, ...]) -> str:
    return f"({', '.join(['batch', *map(str, shape[1:])])})"
