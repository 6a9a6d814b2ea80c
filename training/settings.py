"""What a run of training depends on, besides its data."""

from __future__ import annotations

from dataclasses import dataclass

SHIPPED = "digits"
"""The architecture of the network in `models/`."""

GLANCE = "glance"
"""That of the small network before it, which reads what is plain."""

ARCHITECTURES = ("lenet5", GLANCE, SHIPPED, "large")
"""The networks to choose from, from the smallest to the largest; see `training.models.digits.architectures`."""


@dataclass(frozen=True)
class Settings:
    """The options of `python -m training train` that decide what is learnt.

    Attributes:
        arch: the network, one of `ARCHITECTURES`.
        width: channels of the first layer of "digits", a multiple of 8; the other networks have one width.
        epochs: times that `Sampler` draws images from the sources.
        learning_rate: the highest of the cycle.
        weight_decay: of the optimiser, for kernels only.
        batch_size: images a step.
        label_smoothing: 0 to 0.02: more of it halves the trust in right answers.
        trust: share of the teachers' answers in what is learnt, where there are teachers; the rest is the label.
        nondigit_weight: what a mistake about a non-digit costs, where one about a digit costs 1: below 1, odd digits
            are rather read than rejected.
        augmentation: strength, 0 for none.
        mixed_precision: compute in bfloat16 and keep the weights in float32.
        seed: of the first weights, the images drawn and how they are redrawn.
    """

    arch: str = SHIPPED
    width: int = 24
    epochs: int = 28
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    batch_size: int = 128
    label_smoothing: float = 0.0
    trust: float = 0.7
    nondigit_weight: float = 1.0
    augmentation: float = 0.9
    mixed_precision: bool = True
    seed: int = 1


@dataclass(frozen=True)
class InkSettings:
    """The options of `python -m training ink` that decide what is learnt from the crops.

    Attributes:
        minutes: of training; a run that is taken up again counts those before.
        learning_rate: the highest.
        batch_size: crops a step.
        mixed_precision: compute in bfloat16 and keep the weights in float32.
        seed: of the first weights and of the crops drawn.
    """

    minutes: float = 60.0
    learning_rate: float = 3e-3
    batch_size: int = 16
    mixed_precision: bool = False
    seed: int = 1
