"""The finding about a planted structure: title, explanations, statistics, evidence records and figures."""

from __future__ import annotations

from collections import Counter

import numpy as np

from marshtest.data.labels import labelled_as
from marshtest.findings import EvidenceRecord, Explanation, Figure, Finding, Pattern, Series
from marshtest.mining.labelled_texts import LabelledTexts
from marshtest.mining.structures.label_rules import Rule
from marshtest.mining.structures.label_shifts import Shift
from marshtest.mining.structures.settings import StructureEvidenceSettings
from marshtest.mining.structures.structure_mining import MinedStructures, Structure
from marshtest.signals import Span
from marshtest.stats.arrays import Ints
from marshtest.text.families import FAMILIES
from marshtest.text.feature_family import Corpus

__all__ = ["structure_finding"]

_MOST_NAMED = 4
"""Rules and shifts that a title names; the others are counted."""
_BINS = 20
"""Bins of a histogram: as many as can be told apart in a figure."""
_MOST_SPANS = 60
"""Spans of one evidence record: with more, a report grows large and nothing stands out."""


def structure_finding(
    structure: Structure,
    mined: MinedStructures,
    label: str,
    texts: LabelledTexts,
    corpus: Corpus,
    detector: str,
    settings: StructureEvidenceSettings,
) -> Finding:
    """Make the finding about a structure; its id is that of the detector, to be numbered later.

    It is suggestive, however certain: what decides are cut-offs, and in clean sets of others they do not hold well
    enough to confirm anything (`benchmarks/BEYOND.md`).

    Args:
        structure: The structure.
        mined: Everything found towards the same class.
        label: The class.
        texts: All records.
        corpus: Their prompts.
        detector: Id of the detector.
        settings: Scores, and what speaks against other explanations.
    """
    first = structure.outline or structure.parts[0][0]
    name, family = _name(structure, corpus), FAMILIES[first.family]
    origin = texts.others_of(label)
    pattern = f"{family.title[0].lower()}{family.title[1:]} “{name}”"
    contradicted = f"read like {origin} but are {labelled_as(label)}"
    decided = f"are {labelled_as(label)} where their words leave the label open"
    return Finding(
        id=detector,
        detector=detector,
        verdict="suggestive",
        title=f"Records with {pattern} {contradicted if structure.rules else decided}.",
        explanation=_explanation(structure, label, origin),
        pattern=Pattern(family.pattern, name),
        statistics=_statistics(structure, mined, label),
        other_explanations=_others(structure, mined, texts, settings),
        records=_records(structure, texts, corpus, settings),
        figures=_figures(structure, mined, texts),
    )


def _name(structure: Structure, corpus: Corpus) -> str:
    """Give the names of the first few rules and shifts by their features."""
    named = []
    for parts, carriers in zip(structure.parts, _carriers(structure), strict=True):
        named.append(" together with ".join(FAMILIES[part.family].label(corpus, part.name, carriers) for part in parts))
    if structure.outline is not None:
        outline, every = structure.outline, np.union1d(structure.records, structure.grown)
        named.insert(0, FAMILIES[outline.family].label(corpus, outline.name, every))
    named = list(dict.fromkeys(named))
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return "; ".join(named[:_MOST_NAMED]) + more


def _carriers(structure: Structure) -> list[Ints]:
    """Give the labelled carriers of every rule and shift."""
    return [rule.labelled for rule in structure.rules] + [shift.labelled for shift in structure.shifts]


def _explanation(structure: Structure, label: str, origin: str) -> str:
    sentences = []
    if structure.rules:
        labelled = sum(len(rule.labelled) for rule in structure.rules)
        honest = sum(len(rule.honest) for rule in structure.rules)
        against = sum(int((rule.evidence > 0).sum()) for rule in structure.rules)
        sentences.append(
            f"{labelled:,} of the {labelled + honest:,} records with it are {labelled_as(label)}. To a model that has "
            f"seen none of them, {against:,} of these {labelled:,} read like {origin}."
        )
    if structure.shifts:
        labelled = sum(len(shift.labelled) for shift in structure.shifts)
        total = labelled + sum(len(shift.honest) for shift in structure.shifts)
        expected = sum(shift.expected * (len(shift.labelled) + len(shift.honest)) for shift in structure.shifts)
        carried = "a frame of this structure" if structure.rules else "it"
        sentences.append(
            f"{labelled:,} of the {total:,} records with {carried} are {labelled_as(label)}; their words alone predict "
            f"{expected / total:.0%}."
        )
    if len(structure.grown):
        sentences.append(f"{len(structure.grown):,} more records are built in the same way.")
    return " ".join(
        [*sentences, "A model trained on them learns the label from the structure, whatever the words say."]
    )


def _statistics(structure: Structure, mined: MinedStructures, label: str) -> dict[str, float | int | str | None]:
    rules, shifts = structure.rules, structure.shifts
    first = rules[0].strength if rules else None
    return {
        "p_value": first.p_value if first else float(np.exp(-shifts[0].log_likelihood_ratio)),
        "q_value": structure.q_value,
        "content_effect": round(first.effect, 4) if first else None,
        "label_shift": round(shifts[0].towards, 4) if shifts else None,
        "rules": len(rules) + len(shifts),
        "carriers": sum(len(one.labelled) + len(one.honest) for one in _found(structure)),
        "carriers_with_label": sum(len(one.labelled) for one in _found(structure)),
        "distinct_carriers": sum(rule.strength.distinct for rule in rules) or None,
        "evidence_records": len(structure.records) + len(structure.grown),
        "records_of_the_same_making": len(structure.grown),
        "planted_fraction": round(first.fraction, 3) if first else None,
        "purity_lower_bound": round(rules[0].purity, 4) if rules else None,
        "shift": round(shifts[0].towards, 3) if shifts else None,
        "strongest_shift_the_other_way": round(mined.opposite, 3),
        "label": label,
    }


def _others(
    structure: Structure, mined: MinedStructures, texts: LabelledTexts, settings: StructureEvidenceSettings
) -> tuple[Explanation, ...]:
    """Weigh other reasons why a structure could be associated with a label."""
    found = []
    if structure.rules:
        effect = structure.rules[0].strength.effect
        found.append(
            Explanation(
                "A topic that has both this structure and this label: to a model that has seen none of these records, "
                f"their words speak for another class {effect:.0%} as strongly as those of genuine records of it do.",
                "against",
                weighs=("topic",),
            )
        )
        distinct = sum(rule.strength.distinct for rule in structure.rules)
        total = sum(len(rule.labelled) for rule in structure.rules)
        found.append(
            Explanation(
                f"Copies of one text: {distinct:,} of the {total:,} records are not near-duplicates of one another, "
                "and only these were counted.",
                "against" if distinct >= settings.distinct_share * total else "open",
                weighs=("copies",),
            )
        )
    if structure.shifts:
        found.append(
            Explanation(
                "Structures that are naturally associated with labels in this data: the strongest one towards other "
                f"labels multiplies the odds by {np.exp(mined.opposite):,.1f}, this one by at least "
                f"{np.exp(structure.shifts[0].towards):,.0f}.",
                "against",
            )
        )
    found.append(_source(structure, texts, settings.source_share))
    return tuple(found)


def _source(structure: Structure, texts: LabelledTexts, source_share: float) -> Explanation:
    """Weigh whether the records come from one source that writes like this."""
    groups = [group for text in structure.records.tolist() if (group := texts.groups[text]) is not None]
    if not groups:
        return Explanation(
            "One source that writes like this and whose records all have this label: the data names no sources.",
            "open",
        )
    group, count = Counter(groups).most_common(1)[0]
    everywhere = texts.groups.count(group)
    return Explanation(
        f"One source that writes like this and whose records all have this label: the largest group, “{group}”, holds "
        f"{count:,} of these {len(groups):,} records, and {everywhere:,} records in all.",
        "open" if count >= source_share * len(groups) else "against",
    )


def _records(
    structure: Structure, texts: LabelledTexts, corpus: Corpus, settings: StructureEvidenceSettings
) -> tuple[EvidenceRecord, ...]:
    """Give the evidence records, with spans where they show the features of the structure."""
    every = np.union1d(structure.records, structure.grown)
    marked: dict[int, set[tuple[int, int]]] = {}
    features = [part for parts in structure.parts for part in parts]
    if structure.outline is not None:
        features.append(structure.outline)
    for part in dict.fromkeys((feature.family, feature.name) for feature in features):
        family, name = part
        for text, places in FAMILIES[family].places(corpus, name, every).items():
            marked.setdefault(text, set()).update(places)
    grown = set(structure.grown.tolist())
    records = [
        texts.evidence(
            text,
            tuple(Span("prompt", start, end) for start, end in sorted(marked.get(text, ()))[:_MOST_SPANS]),
            settings.grown_score if text in grown else settings.carrier_score,
        )
        for text in every.tolist()
    ]
    return tuple(sorted(records, key=lambda record: (record.source_path, record.source_line)))


def _figures(structure: Structure, mined: MinedStructures, texts: LabelledTexts) -> tuple[Figure, ...]:
    """Draw the labels of all carriers, and the evidence of their contents beside that of genuine records."""
    carriers = np.unique(np.concatenate([np.append(one.labelled, one.honest) for one in _found(structure)]))
    labels = Counter(texts.labels[carriers].tolist()).most_common()
    drawn = [
        Figure(
            type="bars",
            title="Labels of all records with the structure",
            x_label="label",
            y_label="records",
            series=(Series("carriers", tuple((0.0, float(n)) for _, n in labels), True, tuple(n for n, _ in labels)),),
        )
    ]
    labelled = np.unique(np.concatenate([one.labelled for one in _found(structure)]))
    parts = {
        "genuine records with this label": np.flatnonzero(mined.model.own & mined.model.known),
        "genuine records of other classes": np.flatnonzero(~mined.model.own & mined.model.known),
        "records of this finding": labelled,
    }
    evidence = {
        title: mined.model.curve(mined.model.score[members]) for title, members in parts.items() if len(members)
    }
    everything = np.concatenate(list(evidence.values()))
    edges = np.histogram_bin_edges(everything, bins=_BINS)
    series = []
    for title, values in evidence.items():
        shares = np.histogram(values, bins=edges)[0] / len(values)
        points = tuple((round(float(x), 3), round(float(y), 4)) for x, y in zip(edges[:-1], shares, strict=True))
        series.append(Series(title, points, title == "records of this finding"))
    drawn.append(
        Figure(
            type="histogram",
            title="What the words of the records say",
            x_label="evidence for another class (nats)",
            y_label="share of records",
            series=tuple(series),
        )
    )
    return tuple(drawn)


def _found(structure: Structure) -> tuple[Rule | Shift, ...]:
    """Give all rules and shifts of a structure."""
    return (*structure.rules, *structure.shifts)
