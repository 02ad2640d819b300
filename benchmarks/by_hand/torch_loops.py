"""Twins of two pairs of networks in PyTorch, channels last and compiled, which learn from one forward pass.

Where PyTorch pads a strided convolution on the other side than Keras does, the work is the same and the result nearly.
"""

from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch._functorch import config as compiler

from benchmarks.accelerator_cases import Case, Loop
from gan_pipelines.training.parameters import Precision

Array: TypeAlias = Any

_EPSILON = 1e-3  # of Keras's batch normalisation


def can_train(case: Case) -> bool:
    """Whether the case has a twin."""
    return case.architecture in _NETWORKS


def loop(case: Case, precision: Precision) -> Loop:
    """Returns the loop, on the GPU where there is one."""
    torch.compiler.reset()  # it compiles a function for eight networks at most, and runs it as it is for more
    # Both losses go back through one compiled forward pass, which must not overwrite what it keeps for that.
    compiler.donated_buffer = False
    torch.manual_seed(case.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    last: dict[str, Any] = {"device": device, "memory_format": torch.channels_last}
    networks = [network.to(**last) for network in _NETWORKS[case.architecture](case)]
    generator, discriminator = (torch.compile(network) for network in networks)
    optimizers = [
        torch.optim.Adam(network.parameters(), case.learning_rate, betas=case.betas, eps=1e-7, fused=True)
        for network in networks
    ]
    data = torch.from_numpy(case.images().transpose(0, 3, 1, 2).copy()).to(**last)
    latent_size = networks[0][0].in_features
    softplus = nn.functional.softplus

    def step(indices: Array) -> Array:
        latents = torch.randn(case.batch, latent_size, device=device)
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == "mixed_bfloat16"):
            logits, real_logits = discriminator(generator(latents)), discriminator(data[indices])
        logits, real_logits = logits.float(), real_logits.float()
        losses = softplus(-logits).mean(), (softplus(-real_logits) + softplus(logits)).mean()
        for loss, network, optimizer in zip(losses, networks, optimizers, strict=True):
            optimizer.zero_grad(set_to_none=True)
            loss.backward(retain_graph=network is networks[0], inputs=list(network.parameters()))
        for optimizer in optimizers:
            optimizer.step()
        return torch.stack(losses).detach()

    def run(first_step: int, indices: NDArray[np.int32]) -> dict[str, NDArray[np.float32]]:  # noqa: ARG001
        on_device = torch.from_numpy(indices[:, 0].astype(np.int64)).to(device)
        pairs = torch.stack([step(row) for row in on_device]).cpu().numpy()
        return {"generator_loss": pairs[:, 0], "discriminator_loss": pairs[:, 1]}

    return run


def _digits(case: Case) -> tuple[nn.Sequential, nn.Sequential]:
    """``mnist_transposed``."""
    side, leaky = case.size // 4, nn.LeakyReLU(0.3)
    generator = nn.Sequential(
        nn.Linear(100, side * side * 256, bias=False),
        nn.BatchNorm1d(side * side * 256, _EPSILON, 0.01),
        leaky,
        nn.Unflatten(1, (256, side, side)),
        nn.ConvTranspose2d(256, 128, 5, 1, 2, bias=False),
        nn.BatchNorm2d(128, _EPSILON, 0.01),
        leaky,
        nn.ConvTranspose2d(128, 64, 5, 2, 2, output_padding=1, bias=False),
        nn.BatchNorm2d(64, _EPSILON, 0.01),
        leaky,
        nn.ConvTranspose2d(64, case.channels, 5, 2, 2, output_padding=1, bias=False),
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(case.channels, 64, 5, 2, 2),
        leaky,
        nn.Dropout(0.3),
        nn.Conv2d(64, 128, 5, 2, 2),
        leaky,
        nn.Dropout(0.3),
        nn.Flatten(),
        nn.Linear(side * side * 128, 1),
    )
    return generator, discriminator


def _photos(case: Case) -> tuple[nn.Sequential, nn.Sequential]:
    """``photo_upsampling`` above 32 px."""
    layers: list[nn.Module] = [nn.Linear(200, 4096), nn.ReLU(), nn.Unflatten(1, (256, 4, 4))]
    for before, after, factor in ((256, 256, 2), (256, 256, 2), (256, 128, 2), (128, 128, case.size // 32)):
        layers += [nn.Upsample(scale_factor=factor), nn.Conv2d(before, after, 3, padding=1)]
        layers += [nn.BatchNorm2d(after, _EPSILON, 0.2), nn.ReLU()]
    generator = nn.Sequential(*layers, nn.Conv2d(128, case.channels, 3, padding=1), nn.Tanh())
    leaky, dropout = nn.LeakyReLU(0.2), nn.Dropout(0.25)
    layers = [nn.Conv2d(case.channels, 32, 3, 2, 1), leaky, dropout]
    layers += [nn.Conv2d(32, 64, 3, 2, 1), nn.ZeroPad2d((0, 1, 0, 1))]
    layers += [nn.BatchNorm2d(64, _EPSILON, 0.2), leaky, dropout]
    for before, after, stride in ((64, 128, 2), (128, 256, 1), (256, 512, 1)):
        layers += [nn.Conv2d(before, after, 3, stride, 1), nn.BatchNorm2d(after, _EPSILON, 0.2), leaky, dropout]
    side = (case.size // 4 + 2) // 2
    return generator, nn.Sequential(*layers, nn.Flatten(), nn.Linear(512 * side * side, 1))


_NETWORKS = {"mnist_transposed": _digits, "photo_upsampling": _photos}
