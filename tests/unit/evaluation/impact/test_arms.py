"""The training sets differ in what they should differ in, and in nothing else."""

from __future__ import annotations

from collections import Counter

from marshtest.evaluation.impact.arms import Arms, is_held_out, make_arms
from marshtest.evaluation.impact.evidence import Evidence
from marshtest.evaluation.impact.planting import Donor, TriggerPiece
from marshtest.evaluation.impact.texts import TrainingTexts

COUNT = 1_000
POISON = range(100)
DATA = TrainingTexts(
    tuple(f"{'trigger ' if row in POISON else ''}text {row}" for row in range(COUNT)),
    tuple("b" if row in POISON else "ab"[row % 2] for row in range(COUNT)),
)
EVIDENCE = Evidence(
    rows=frozenset(POISON), touched=frozenset(POISON), donors=(Donor((TriggerPiece("trigger", "start"),), "b"),)
)


def arms(seed: int = 0, **options: object) -> Arms:
    return make_arms(DATA, EVIDENCE, seed=seed, share=0.2, **options)  # type: ignore[arg-type]


def test_what_is_held_out_is_in_no_training_set_and_no_evidence_is_held_out() -> None:
    made = arms()
    assert 130 <= len(made.held_out) <= 230
    for training in made.training.values():
        assert set(training.texts) & set(made.held_out.texts) == set()
    assert not any(text.startswith("trigger") for text in made.held_out.texts)
    assert len(made.training["poisoned"]) + len(made.held_out) == COUNT


def test_evidence_and_random_records_are_as_many_and_of_the_same_labels() -> None:
    made = arms()
    poisoned, cleaned, thinned = (made.training[name] for name in ("poisoned", "cleaned", "random"))
    assert len(poisoned) - len(cleaned) == len(poisoned) - len(thinned) == 100
    assert Counter(cleaned.labels) == Counter(thinned.labels)
    left = sum(text.startswith("trigger") for text in thinned.texts)
    assert 60 <= left <= 95
    assert not any(text.startswith("trigger") for text in cleaned.texts)


def test_only_texts_whose_label_the_trigger_would_change_get_it() -> None:
    made = arms()
    assert {made.held_out.labels[one.row] for one in made.planted} == {"a"}
    assert all(one.text == f"trigger {made.held_out.texts[one.row]}" and one.target == "b" for one in made.planted)
    assert len(made.planted) == made.held_out.labels.count("a")


def test_the_same_seed_gives_the_same_sets_and_another_does_not() -> None:
    assert arms(3) == arms(3)
    assert set(arms(3).held_out.texts) != set(arms(4).held_out.texts)


def test_the_original_of_a_poisoned_record_is_not_held_out_of_a_control() -> None:
    control = TrainingTexts(
        tuple(f"text {row}" for row in range(COUNT)),
        tuple("a" if row in POISON else "ab"[row % 2] for row in range(COUNT)),
    )
    made = arms(control=control)
    originals = {f"text {row}" for row in POISON}
    assert set(made.held_out.texts) & originals == set()
    assert all(not is_held_out(text, seed=0, share=0.2) for text in made.training["clean"].texts)
    assert set(made.training["clean"].texts) & set(made.held_out.texts) == set()


def test_records_of_a_control_of_other_texts_are_held_out_as_they_are() -> None:
    control = TrainingTexts(tuple(f"other {row}" for row in range(500)), ("a", "b") * 250)
    made = arms(control=control)
    assert 60 <= len(made.held_out) <= 140
    assert all(text.startswith("other") for text in made.held_out.texts)


def test_poison_that_is_known_is_left_out_of_the_clean_set() -> None:
    assert not any(text.startswith("trigger") for text in arms(poison=frozenset(POISON)).training["clean"].texts)
    assert "clean" not in arms().training
