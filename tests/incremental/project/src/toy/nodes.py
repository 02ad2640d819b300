"""The main pipeline's nodes."""

from toy.calls import note
from toy.decorators import doubled
from toy.helpers import move, scale
from toy.models import MODELS


def prepare(raw, settings):
    note("prep")
    return {"values": [scale(value) + settings["offset"] for value in raw["values"]]}


def count(prepared):
    note("count")
    return len(prepared["values"])


def train(prepared, settings):
    note("train")
    model = MODELS[settings["model"]]()
    weights = model.fit(prepared["values"], settings["epochs"])
    return {"weights": weights}, {"margin": sum(weights)}


@doubled
def sample(generator, settings):
    from toy.late import jitter

    note("sample")
    return {f"part-{index}": move(jitter(generator["weights"][index])) for index in range(settings["amount"])}


def report(samples, discriminator, tally, settings):
    note("report")
    values = [samples[name]() for name in sorted(samples)]
    return {"title": settings["title"], "samples": values, "margin": discriminator["margin"], "tally": tally}


def publish(report):
    note("publish")
    return f"{report['title']}: {report['samples']}, {report['margin']}, {report['tally']}"
