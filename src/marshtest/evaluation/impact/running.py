"""An impact measurement from beginning to end: data and evidence in, numbers and decision out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from marshtest.data.dataset import Dataset
from marshtest.errors import ConfigError
from marshtest.evaluation.impact.arms import ArmName, Arms, make_arms
from marshtest.evaluation.impact.deciding import Decision, Share, decide, share
from marshtest.evaluation.impact.evidence import Evidence
from marshtest.evaluation.impact.measuring import Measured, measure_arms
from marshtest.evaluation.impact.planting import Donor, TriggerPiece
from marshtest.evaluation.impact.texts import labelled_texts
from marshtest.evaluation.impact.victims.base import Victim

__all__ = ["Impact", "ImpactConfig", "measure_impact"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactConfig:
    """Settings of a measurement."""

    seeds: int = 3
    """How often everything is drawn and trained anew; at least 2."""
    seed: int = 0
    """The first of the seeds."""
    held_out: float = 0.2
    """Share of the texts that no victim is trained on."""
    source_label: str | None = None
    """Label of the held-out records that get the trigger; all but the attacker's label where not given."""
    trigger: str | None = None
    """The trigger, where it is not taken from the evidence."""

    def __post_init__(self) -> None:
        """Refuse what cannot be measured.

        Raises:
            ConfigError: A number is out of range, or the trigger is empty.
        """
        if self.seeds < 2:
            raise ConfigError("it takes at least 2 seeds to say how much chance does.")
        if not 0 < self.held_out < 1:
            raise ConfigError("the share of held-out records must lie between 0 and 1, e.g. 0.2.")
        if self.trigger is not None and not self.trigger.strip():
            raise ConfigError("the trigger is empty; leave it out to take it from the evidence.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What was measured and what it shows."""

    victim: str
    title: str
    """What the victim is."""
    config: ImpactConfig
    records: int
    evidence: int
    """How many records the evidence has."""
    triggers: tuple[str, ...]
    """What was planted, most frequent first, at most ten: hostile text."""
    targets: tuple[str, ...]
    """The labels that the trigger asks for: hostile text."""
    measured: tuple[Mapping[ArmName, Measured], ...]
    """One mapping for every seed."""
    decision: Decision

    @property
    def arms(self) -> tuple[ArmName, ...]:
        """Give the training sets that there were, in a fixed order."""
        order: tuple[ArmName, ...] = ("clean", "poisoned", "cleaned", "random")
        return tuple(name for name in order if name in self.measured[0])

    def attack(self, arm: ArmName) -> Share:
        """Give the attack success over all seeds."""
        return share([one[arm].obeyed for one in self.measured], [one[arm].asked for one in self.measured])

    def without(self, arm: ArmName) -> Share:
        """Give the share of the same records that get the attacker's label without the trigger."""
        return share([one[arm].obeyed_without for one in self.measured], [one[arm].asked for one in self.measured])

    def accuracy(self, arm: ArmName) -> Share:
        """Give the ordinary accuracy over all seeds."""
        return share([one[arm].right for one in self.measured], [one[arm].held_out for one in self.measured])

    def as_json(self) -> dict[str, object]:
        """Give everything as plain values."""
        return {
            "verdict": self.decision.verdict,
            "reason": self.decision.reason,
            "checks": [
                {"name": check.name, "holds": check.holds, "text": check.text} for check in self.decision.checks
            ],
            "victim": self.victim,
            "records": self.records,
            "evidence": self.evidence,
            "triggers": list(self.triggers),
            "targets": list(self.targets),
            "seeds": [self.config.seed + number for number in range(self.config.seeds)],
            "held_out_share": self.config.held_out,
            "source_label": self.config.source_label,
            "arms": {
                arm: {
                    name: {"mean": one.mean, "low": one.low, "high": one.high}
                    for name, one in (
                        ("attack_success", self.attack(arm)),
                        ("without_trigger", self.without(arm)),
                        ("accuracy", self.accuracy(arm)),
                    )
                }
                for arm in self.arms
            },
            "runs": [one[arm].as_json() for one in self.measured for arm in self.arms],
        }


def measure_impact(
    dataset: Dataset,
    evidence: Evidence,
    victim: Victim,
    *,
    config: ImpactConfig = ImpactConfig(),
    control: Dataset | None = None,
    truth: Evidence | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Impact:
    """Measure what training on the data does with the evidence, without it, and without as many other records.

    Args:
        dataset: The suspect data: labelled texts.
        evidence: The records that are taken out, and the trigger they carry.
        victim: What is trained, once for every training set and seed.
        config: The settings.
        control: Data known to be clean: a victim is trained on it too, and held-out records come from there.
        truth: What is known of the poison. Its trigger is planted in place of the evidence's, and where there is no
            control the data without it is the clean set, unless it is the evidence itself.
        progress: Called with what is done now and the share that is done.

    Raises:
        ConfigError: The labels do not fit the data, the evidence has no trigger, or nothing can be held out.
        InputError: The data is not labelled text.
    """
    data, clean = labelled_texts(dataset), None if control is None else labelled_texts(control)
    if clean is not None and not set(clean.labels) <= set(data.labels):
        strange = sorted(set(clean.labels) - set(data.labels))[0]
        raise ConfigError(f"the control has the label {strange!r}, which the data does not have; give matching data.")
    if config.source_label is not None and config.source_label not in data.labels:
        known = ", ".join(map(repr, sorted(set(data.labels))[:20]))
        raise ConfigError(f"no record has the label {config.source_label!r}; the labels are {known}.")
    used = _planted_evidence(evidence, truth, data.labels, config.trigger)
    poison = None if truth is None or truth is evidence else truth.rows
    measured = []
    for number in range(config.seeds):
        seed = config.seed + number
        arms = make_arms(
            data,
            used,
            seed=seed,
            share=config.held_out,
            source_label=config.source_label,
            control=clean,
            poison=poison,
        )
        _check(arms)
        at = _Steps(progress, number, config.seeds, len(arms.training))
        measured.append(measure_arms(victim, arms, seed=seed, done=at.done))
    counts: dict[str, int] = {}
    for donor in used.donors:
        name = " … ".join(piece.text for piece in donor.pieces)
        counts[name] = counts.get(name, 0) + 1
    return Impact(
        victim=victim.id,
        title=victim.title,
        config=config,
        records=len(dataset),
        evidence=len(evidence.rows),
        triggers=tuple(sorted(counts, key=lambda name: (-counts[name], name))[:10]),
        targets=tuple(sorted({donor.target for donor in used.donors})),
        measured=tuple(measured),
        decision=decide(measured, unread=len(dataset.failures)),
    )


class _Steps:
    """Tells how far the work is."""

    def __init__(self, progress: Callable[[str, float], None] | None, number: int, seeds: int, sets: int) -> None:
        self._progress = progress
        self._start, self._step = number / seeds, 1 / (seeds * sets)
        self._done = 0

    def done(self, arm: ArmName) -> None:
        """Count one victim."""
        self._done += 1
        if self._progress is not None:
            self._progress(f"trained on {arm} data", self._start + self._done * self._step)


def _planted_evidence(
    evidence: Evidence, truth: Evidence | None, labels: tuple[str, ...], trigger: str | None
) -> Evidence:
    """Give the evidence with the trigger that is to be planted and all records that must not be held out."""
    known = truth or evidence
    donors = known.donors
    if trigger is not None:
        donors = tuple(Donor((TriggerPiece(trigger, "between"),), labels[row]) for row in sorted(known.rows))
    if not donors:
        raise ConfigError("the evidence has no words in the text that could be planted; name them with --trigger.")
    return Evidence(rows=evidence.rows, touched=evidence.touched | known.touched, donors=donors)


def _check(arms: Arms) -> None:
    """Refuse sets that nothing can be learned from or measured on."""
    if not arms.planted:
        raise ConfigError(
            "no held-out record can get the trigger: none has a label that the trigger would change; "
            "give more data, or another --source-label."
        )
    for name, training in arms.training.items():
        if len(set(training.labels)) < 2:
            raise ConfigError(f"the {name} data has only one label left, and a classifier needs two.")
