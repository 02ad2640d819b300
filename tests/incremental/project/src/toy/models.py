"""Classes that are found by name."""

MODELS = {}


def register(name):
    def add(model):
        MODELS[name] = model
        return model

    return add


class Model:
    rate = 1

    def fit(self, values, epochs):
        return [self.step(value) * epochs * self.rate for value in values]


@register("affine")
class Affine(Model):
    def step(self, value):
        return 3 * value + 1


@register("constant")
class Constant(Model):
    def step(self, _):
        return 7
