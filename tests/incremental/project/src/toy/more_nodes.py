"""The nodes of the smaller pipelines."""

import importlib
import os

from toy.calls import note
from toy.helpers import in_units, scale


def measure(raw, settings):
    note("measure")
    return [in_units(scale(value), settings["unit"]) for value in raw["values"]]


def style(raw, name):
    note("style")
    if name == "plain":
        return str(raw["values"])
    return importlib.import_module(f"toy.plugins.{name}").decorate(raw["values"])


def freeze(raw):
    note("freeze")
    return {"weights": raw["values"]}


def thaw(model):
    note("thaw")
    return model["weights"]


def train_noisily(raw):
    note("noisy_train")
    token = os.urandom(8).hex()
    return {"token": token, "values": raw["values"]}, {"token": token}


def use_noise(generator):
    note("noisy_use")
    return generator["token"]


def total(raw):
    note("total")
    return sum(raw["values"])


def tick(raw):
    note("tick")
    return raw["values"][0]


def tock(ticks):
    note("tock")
    return ticks + 100


def first(ticks, amount):
    note("first")
    return ticks + amount


def second(tocks, amount):
    note("second")
    return tocks + amount


def merge(parts):
    note("merge")
    return {name: parts[name]() for name in sorted(parts)}


def split(merged):
    note("split")
    return {name: (lambda value=value: value) for name, value in merged.items()}


def stretch(raw, settings):
    note("stretch")
    return [value * settings["by"] for value in raw["values"]]


def copy(raw):
    note("copy")
    return raw["values"]


def read_text(text):
    note("read_text")
    return len(text)


def all_settings(parameters):
    note("all_settings")
    return sorted(parameters)


def announce(_):
    note("announce")


def fetch(remote):
    note("fetch")
    return remote["from"]


def take(inbox):
    note("take")
    return sorted(inbox)
