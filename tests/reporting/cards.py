"""Model cards with what comparing reads of them."""


def card(distance=2.0, judge="a" * 64, data="d", steps=10, truncation=None, **scores):
    """A card with more scores; without a distance, scoring was refused."""
    if distance is None:
        told = {"refused": "The metric network is right too seldom."}
    else:
        section = {"value": distance, "floor": 1.0, "ceiling": 8.0, "times_floor": distance}
        told = {"frechet_classifier_distance": {**section, "generated_images": 80, "low_n": True}}
    return {
        "model": {"architecture": "mlp", "parameters": {"generator": 5, "discriminator": 3}},
        "data": {"training": 40, "training_sha256": data},
        "training": {"steps": steps, "seconds": 1.0, "examples_per_second": 8.0, "parameters": {"batch_size": 4}},
        "scores": {
            "conditions": {
                "metric_network": {"sha256": judge},
                "feature_network": {"sha256": judge},
                "truncation": truncation,
            },
            **told,
            **scores,
        },
    }
