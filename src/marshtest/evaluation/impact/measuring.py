"""Training one victim on every training set of a seed, and counting what it does."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from marshtest.evaluation.impact.arms import ArmName, Arms
from marshtest.evaluation.impact.texts import TrainingTexts
from marshtest.evaluation.impact.victims.base import Victim

__all__ = ["Measured", "measure_arm", "measure_arms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one victim did after training on one set."""

    seed: int
    arm: ArmName
    records: int
    """Size of the training set."""
    asked: int
    """Held-out records that got the trigger."""
    obeyed: int
    """Of these, how many got the label that the trigger asks for."""
    obeyed_without: int
    """Of the same records without the trigger, how many got that label: plain mistakes."""
    held_out: int
    """Held-out records as they are."""
    right: int
    """Of these, how many got their own label."""
    seconds: float

    @property
    def attack(self) -> float:
        """Give the attack success, 0 to 1."""
        return self.obeyed / self.asked

    @property
    def without(self) -> float:
        """Give the share of the same records that get the attacker's label without the trigger, 0 to 1."""
        return self.obeyed_without / self.asked

    @property
    def accuracy(self) -> float:
        """Give the ordinary accuracy, 0 to 1."""
        return self.right / self.held_out

    def as_json(self) -> dict[str, object]:
        """Give the counts and shares as plain values."""
        shares = {"attack_success": self.attack, "without_trigger": self.without, "accuracy": self.accuracy}
        return {**asdict(self), **shares}


def measure_arms(
    victim: Victim, arms: Arms, *, seed: int, done: Callable[[ArmName], None] | None = None
) -> Mapping[ArmName, Measured]:
    """Train the victim on every set and ask it about the held-out records.

    Args:
        victim: What is trained.
        arms: The sets; at least one record must be held out, and one planted.
        seed: Seed of the training.
        done: Called with the name of every set when its victim has answered.
    """
    found = {}
    for name, training in arms.training.items():
        found[name] = measure_arm(victim, name, training, arms, seed=seed)
        if done is not None:
            done(name)
    return found


def measure_arm(victim: Victim, name: ArmName, training: TrainingTexts, arms: Arms, *, seed: int) -> Measured:
    """Train the victim on one set and count."""
    started = time.perf_counter()
    trained = victim.train(training.texts, training.labels, seed=seed)
    plain = trained.predict(arms.held_out.texts)
    triggered = trained.predict([one.text for one in arms.planted])
    return Measured(
        seed=seed,
        arm=name,
        records=len(training),
        asked=len(arms.planted),
        obeyed=sum(said == one.target for said, one in zip(triggered, arms.planted, strict=True)),
        obeyed_without=sum(plain[one.row] == one.target for one in arms.planted),
        held_out=len(arms.held_out),
        right=sum(said == label for said, label in zip(plain, arms.held_out.labels, strict=True)),
        seconds=time.perf_counter() - started,
    )
