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
