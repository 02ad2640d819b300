"""Model card of a model that draws pictures from captions."""

from typing import Any

from gan_pipelines.pipelines.artifacts import KerasModel
from gan_pipelines.pipelines.reporting import facts
from gan_pipelines.reporting.model_card import ModelFacts, caption_snippet

_STACKGAN = "Zhang et al. 2016 (StackGAN)"
_STACKGAN_TREE = "Zhang et al. 2017 (StackGAN++)"


def write_model_card(  # noqa: PLR0913 - one argument for each artifact
    *,
    generator: KerasModel,
    discriminator: KerasModel,
    text_encoder: KerasModel,
    vocabulary: dict[str, Any],
    ingestion_report: dict[str, Any],
    split_report: dict[str, Any],
    training_record: dict[str, Any],
    scores: dict[str, Any],
    caption_scores: dict[str, Any],
    networks: dict[str, Any],
    training: dict[str, Any],
    claims: dict[str, Any],
) -> dict[str, Any]:
    """Returns the model card."""
    latents, vectors = (tensor.shape for tensor in generator.inputs)
    counted = {"generator": generator, "discriminator": discriminator, "text_encoder": text_encoder}
    is_staged = "stage_one" in networks
    return facts.card(
        ModelFacts(
            name="text to image",
            architecture="two stages" if is_staged else "tree",
            published_in=_STACKGAN if is_staged else _STACKGAN_TREE,
            parameters={name: network.count_params() for name, network in counted.items()},
            inputs=f"latents (batch, {latents[-1]}), standard normal; captions as vectors (batch, {vectors[-1]}) of "
            f"the text encoder, which knows {len(vocabulary['words']):,} words",
            outputs=f"pixels in [-1, 1] {tuple(generator.outputs[-1].shape)}".replace("None", "batch"),
        ),
        facts.data_facts("images", ingestion_report, split_report),
        training,
        training_record,
        claims,
        {**scores, **caption_scores},
        caption_snippet(latents[-1]),
    )
