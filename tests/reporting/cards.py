"""Model cards with what comparing reads of them."""


def card(distance=2.0, network="a" * 64, data="d", steps=10, truncation=None, **scores):
    """A card with more scores; without a distance, scoring was refused."""
    if distance is None:
        told = {"refused": "The metric network is right too seldom."}
    else:
        section = {"value": distance, "real_baseline": 1.0, "untrained_baseline": 8.0, "ratio_to_real": distance}
        told = {"frechet_classifier_distance": {**section, "generated_images": 80, "low_n": True}}
    return {
        "model": {"architecture": "mlp", "parameters": {"generator": 5, "discriminator": 3}},
        "data": {"training": 40, "training_sha256": data},
        "training": {"steps": steps, "seconds": 1.0, "examples_per_second": 8.0, "parameters": {"batch_size": 4}},
        "scores": {
            "conditions": {
                "metric_network": {"sha256": network},
                "feature_network": {"sha256": network},
                "truncation": truncation,
            },
            **told,
            **scores,
        },
    }


def translator_card(psnr=20.0, task="translation a_to_b", heldout="h", ssim=0.8, **facts):
    """The card of a translator, with and without (``distance=None``) a distance of features."""
    section = {"baselines": {"mean_picture": 15.0}, "margins": {"mean_picture": psnr - 15}, "best_baseline": 15.0}
    scores = {"psnr": {"value": psnr, "pictures": 70, **section}, "ssim": {"value": ssim, "best_baseline": 0.6}}
    found = card(**{"distance": None, **facts}, **scores, task=task)
    found["data"] = {**found["data"], "heldout_sha256": heldout}
    found["scores"].pop("refused", None)
    return found
