"""The page of the benchmark beyond home: at home and away side by side, alarms on clean data, peers, power, the bar."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from statistics import median

from benchmarks.beyond_attacks import SIZES
from benchmarks.beyond_cases import Outcome
from benchmarks.beyond_peers import PEERS_BEYOND
from marshtest.stats.proportions import clopper_pearson, clopper_pearson_upper

__all__ = ["page"]

_WORDS = ("rare-word", "several-rare-words", "word", "phrase")
_EVASIONS = ("honest-carriers", "split", "glued", "many-words", "appended")
_SHAPES = ("sentence", "punctuation", "character", "prefix", "syntax", "style", "paraphrase")
_PIECES = ("fixed-line", "fixed-opening")
_VARYING = ("refusal", "brand", "topic-brand", "off-subject", "language", "format")
_FAMILIES = (*_WORDS, *_SHAPES, *_EVASIONS, *_PIECES, *_VARYING)
_FROM_32 = ("N = 32", "N = 60", "N = 100", "N = 250", "1 %", "2 %", "5 %")
_FOUND = 0.5
"""F1 from which a case counts as found. Convention: that of the issue."""


def page(outcomes: Sequence[Outcome], *, seed: int, looks: int) -> str:
    """Write all tables as Markdown.

    Args:
        outcomes: Those of a run.
        seed: Seed of the attacks.
        looks: How many runs were looked at so far, this one included.
    """
    done = [one for one in outcomes if one.status == "measured"]
    parts = [
        f"Seed of the attacks: {seed}. Runs looked at so far: {looks}. "
        f"Outcomes: {len(outcomes):,}, {len(done):,} of them measured.",
        "Cells say home | away: the weights as shipped, and weights learned without the source of the data and without "
        "the family of the attack. A dash: not measured.",
        _section("Planted: median F1 of what is confirmed", _sizes(done, lambda one: one.f1)),
        _section("Planted: median F1 of everything shown", _sizes(done, lambda one: one.shown_f1)),
        _section("Planted: by source of the data", _sources(done)),
        _section("Planted: by direction", _directions(done)),
        _section("Planted: how", _families(done)),
        _section("Released by others", _released(done)),
        _section("Clean data", _clean(done)),
        _section("Clean data: by source", _clean_sources(done)),
        _section("Clean data: what was said", _alarms(done)),
        _section("Peers on the same records", _peers(done)),
        _section("Power: predicted against actual", _power(done)),
        _section("The bar", _bar(done)),
        _section("Not measured", _missing(outcomes)),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n{text or 'Nothing was measured.'}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *lines]) if lines else ""


def _of(outcomes: Sequence[Outcome], part: str, *tools: str) -> list[Outcome]:
    return [one for one in outcomes if one.part == part and one.tool in tools]


def _middle(values: Sequence[float]) -> str:
    return f"{median(values):.2f}" if values else "–"


def _pair(outcomes: Sequence[Outcome], score: Callable[[Outcome], float]) -> str:
    """Write home | away with the number of cases."""
    home, away = ([score(one) for one in outcomes if one.tool == tool] for tool in ("home", "away"))
    return f"{_middle(home)} \\| {_middle(away)} ({max(len(home), len(away))})" if home or away else ""


def _ordered(values: Iterable[str], known: Sequence[str]) -> list[str]:
    places = {value: place for place, value in enumerate(known)}
    return sorted(set(values), key=lambda value: (places.get(value, len(places)), value))


def _sizes(done: Sequence[Outcome], score: Callable[[Outcome], float]) -> str:
    cases = _of(done, "planted", "home", "away")
    sizes = _ordered((one.size for one in cases), SIZES)
    families = _ordered((one.family for one in cases), _FAMILIES)
    rows = [
        [family, *(_pair([one for one in cases if (one.family, one.size) == (family, size)], score) for size in sizes)]
        for family in families
    ]
    return _table(["family", *sizes], rows)


def _big(one: Outcome) -> bool:
    return one.size in _FROM_32 and one.poison >= int(_FROM_32[0][4:])


def _sources(done: Sequence[Outcome]) -> str:
    cases = [one for one in _of(done, "planted", "home", "away") if _big(one)]
    kinds = {"words and phrases": _WORDS, "syntax": ("syntax",), "style, paraphrase": ("style", "paraphrase"),
             "evasions": _EVASIONS, "fixed pieces": _PIECES, "varying answers": _VARYING}  # fmt: skip
    rows = []
    for group in sorted({one.group for one in cases}):
        own = [one for one in cases if one.group == group]
        rows.append([group, *(_pair([one for one in own if one.family in names], lambda one: one.f1)
                              for names in kinds.values())])  # fmt: skip
    return _table(["source (32 records or more)", *kinds], rows)


def _directions(done: Sequence[Outcome]) -> str:
    cases = [one for one in _of(done, "planted", "home", "away") if _big(one) and one.direction]
    rows = []
    for family in _ordered((one.family for one in cases), _FAMILIES):
        own = [one for one in cases if one.family == family]
        rows.append([family, *(_pair([one for one in own if one.direction == way], lambda one: one.f1)
                               for way in ("common", "rare"))])  # fmt: skip
    return _table(["family (32 records or more)", "towards a commoner label", "towards a rarer label"], rows)


def _share(hits: int, trials: int) -> str:
    return f"{hits} of {trials}" if trials else "–"


def _families(done: Sequence[Outcome]) -> str:
    cases = [one for one in _of(done, "planted", "home", "away") if _big(one)]
    rows = []
    for family in _ordered((one.family for one in cases), _FAMILIES):
        for tool in ("home", "away"):
            own = [one for one in cases if (one.family, one.tool) == (family, tool)]
            named = [one.named for one in own if one.named is not None]
            if own:
                rows.append([
                    family, tool, len(own), _share(sum(one.f1 >= _FOUND for one in own), len(own)),
                    _share(sum(one.shown_f1 >= _FOUND for one in own), len(own)), _share(sum(named), len(named)),
                    f"{median(one.seconds for one in own):.0f}",
                ])  # fmt: skip
    heads = ["family (32 records or more)", "", "cases", "confirmed at F1 ≥ .5", "shown at F1 ≥ .5", "named", "seconds"]
    return _table(heads, rows)


def _released(done: Sequence[Outcome]) -> str:
    cases = [one for one in done if one.part == "released"]
    rows = []
    for name in sorted({one.name for one in cases}):
        own = {one.tool: one for one in cases if one.name == name}
        first = next(iter(own.values()))
        home, away = own.get("home"), own.get("away")
        rows.append([
            name.replace(" | ", ", "), f"{first.poison:,} of {first.records:,}",
            f"{_one(home, 'f1')} \\| {_one(away, 'f1')}", f"{_one(home, 'shown_f1')} \\| {_one(away, 'shown_f1')}",
            *(_one(own.get(peer), "f1") for peer in PEERS_BEYOND if peer != "veritensor"),
        ])  # fmt: skip
    heads = ["set", "poison", "confirmed", "shown", *(peer for peer in PEERS_BEYOND if peer != "veritensor")]
    return _table(heads, rows)


def _one(outcome: Outcome | None, what: str) -> str:
    return "–" if outcome is None else f"{getattr(outcome, what):.2f}"


def _clean(done: Sequence[Outcome]) -> str:
    rows = []
    for tool in ("home", "away", *PEERS_BEYOND):
        own = _of(done, "clean", tool)
        if not own:
            continue
        confirmed = sum(one.confirmed > 0 for one in own)
        suggestive = sum(one.suggestive > 0 and not one.confirmed for one in own)
        groups = defaultdict(list)
        for one in own:
            groups[one.group].append(one.confirmed > 0)
        low, high = clopper_pearson(confirmed, len(own))
        rows.append([
            tool, len(own), confirmed, f"{low:.1%} to {high:.1%}", f"{clopper_pearson_upper(confirmed, len(own)):.1%}",
            suggestive, f"{clopper_pearson_upper(suggestive, len(own)):.1%}",
            f"{sum(map(any, groups.values()))} of {len(groups)}", f"{median(one.flagged for one in own):.0f}",
        ])  # fmt: skip
    heads = ["tool", "sets", "with a confirmed finding", "95% interval", "95% bound", "suggestive only", "95% bound",
             "sources with a confirmed one", "records flagged (median)"]  # fmt: skip
    note = (
        "Intervals of Clopper and Pearson, as if sets were independent; parts of one source are not, so the sources "
        "are counted too. A peer's alarm stands under confirmed."
    )
    return f"{_table(heads, rows)}\n\n{note}" if rows else ""


def _clean_sources(done: Sequence[Outcome]) -> str:
    cases = _of(done, "clean", "home", "away")
    rows = []
    for group in sorted({one.group for one in cases}):
        cells = []
        for tool in ("home", "away"):
            own = [one for one in cases if (one.group, one.tool) == (group, tool)]
            sure = sum(one.confirmed > 0 for one in own)
            odd = sum(one.suggestive > 0 and not one.confirmed for one in own)
            cells.append(f"{sure}, {odd} of {len(own)}" if own else "–")
        rows.append([group, *cells])
    return _table(["source", "home: confirmed, suggestive only, of sets", "away"], rows)


def _alarms(done: Sequence[Outcome]) -> str:
    """Say which clean sets have findings, and of which detector; what stands in the data is not quoted."""
    rows = []
    for one in _of(done, "clean", "home", "away"):
        if one.confirmed or one.suggestive:
            said = Counter(finding.split(":", 1)[0] for finding in one.findings)
            told = "; ".join(f"{what} ({number})" for what, number in said.most_common())
            rows.append([one.name, one.tool, f"{one.records:,}", told])
    return _table(["clean set", "", "records", "findings"], rows)


def _peers(done: Sequence[Outcome]) -> str:
    cases = [
        one for one in done if one.part == "planted" and (one.tool in PEERS_BEYOND or one.tool in ("home", "away"))
    ]
    compared = {one.name for one in cases if one.tool in PEERS_BEYOND}
    rows = []
    for family in _ordered((one.family for one in cases if one.name in compared), _FAMILIES):
        own = [one for one in cases if one.family == family and one.name in compared and _big(one)]
        cells: list[object] = [_pair(own, lambda one: one.f1)]
        for peer in PEERS_BEYOND:
            mine = [one for one in own if one.tool == peer]
            if peer == "veritensor":
                cells.append(_share(sum(one.confirmed for one in mine), len(mine)))
                continue
            best = [one.best_f1 for one in mine if one.best_f1 is not None]
            told = f" ({_middle(best)})" if best else ""
            cells.append(f"{_middle([one.f1 for one in mine])}{told}" if mine else "–")
        rows.append([family, *cells])
    note = (
        "Median F1 at each tool's own threshold; in brackets at the threshold that is best for it, which nobody knows. "
        "veritensor says of how many files that they are poisoned."
    )
    return f"{_table(['family (32 records or more)', 'marsh', *PEERS_BEYOND], rows)}\n\n{note}" if rows else ""


def _power(done: Sequence[Outcome]) -> str:
    cases = _of(done, "planted", "power") + _of(done, "released", "power")
    rows = []
    for family in _ordered((one.family for one in cases), _FAMILIES):
        own = [one for one in cases if one.family == family]
        rows.append([family, *_predicted(own)])
    if rows:
        rows.append(["all", *_predicted(cases)])
    heads = ["family", "cases", "estimated", "mean predicted", "actually found", "90% interval held", "of all cases"]
    return _table(heads, rows)


def _predicted(own: Sequence[Outcome]) -> list[object]:
    known = [one for one in own if one.chance is not None]
    held = sum(bool(one.held) for one in known)
    mean = sum(one.chance or 0.0 for one in known) / max(len(known), 1)
    found = sum(one.f1 >= _FOUND for one in known)
    return [len(own), len(known), f"{mean:.2f}" if known else "–", _share(found, len(known)), _share(held, len(known)),
            f"{held / max(len(own), 1):.0%}"]  # fmt: skip


def _bar(done: Sequence[Outcome]) -> str:
    """Compare with what the issue asks for."""
    rows: list[list[object]] = []
    for tool in ("home", "away"):
        cases = _of(done, "planted", tool)
        five = [one for one in cases if one.size == "5 %"]

        def lowest(names: Sequence[str], sizes: Sequence[str], own: Sequence[Outcome]) -> str:
            kept = [one for one in own if one.family in names and one.size in sizes and one.poison >= 32]
            groups = {one.group for one in kept}
            middles = {group: median(one.f1 for one in kept if one.group == group) for group in groups}
            if not middles:
                return "–"
            worst = min(middles, key=lambda group: middles[group])
            return f"{_middle([one.f1 for one in kept])}, lowest {middles[worst]:.2f} ({worst})"

        evasions = [one for one in cases if one.family in _EVASIONS and one.poison >= 32]
        rows += [
            [tool, "words and phrases, N ≥ 32, in any set", ".90", lowest(_WORDS, _FROM_32, cases)],
            [tool, "words and phrases, N = 100, in any set", ".95", lowest(_WORDS, ("N = 100",), cases)],
            [tool, "syntax, 5 %", ".80", _middle([one.f1 for one in five if one.family == "syntax"])],
            [tool, "style, 5 %", ".70", _middle([one.f1 for one in five if one.family == "style"])],
            [tool, "fixed pieces, 5 % of small chat sets", ".80",
             _middle([one.f1 for one in five if one.family in _PIECES])],
            [tool, "varying answers, 5 %", ".70", _middle([one.f1 for one in five if one.family in _VARYING])],
            [tool, "evasions shown", "all", _share(sum(one.shown_f1 >= _FOUND for one in evasions), len(evasions))],
            [tool, "evasions confirmed", "half", _share(sum(one.f1 >= _FOUND for one in evasions), len(evasions))],
        ]  # fmt: skip
        clean = _of(done, "clean", tool)
        sure, odd = sum(one.confirmed > 0 for one in clean), sum(one.suggestive > 0 for one in clean)
        bound = f", bound {clopper_pearson_upper(sure, len(clean)):.1%}" if clean else ""
        rows += [
            [tool, "clean sets with a confirmed finding", "0 of 150, bound 2 %", _share(sure, len(clean)) + bound],
            [tool, "clean sets with a suggestive finding", "5 %", _share(odd, len(clean))],
        ]
    return _table(["", "what", "asked for", "measured"], rows)


def _missing(outcomes: Sequence[Outcome]) -> str:
    counts = Counter(
        (one.status, one.tool, one.reason if one.status != "no room" else "the set is too small for the attack")
        for one in outcomes
        if one.status != "measured"
    )
    rows = [
        [status, tool, reason.replace("|", "\\|")[:160], number]
        for (status, tool, reason), number in counts.most_common()
    ]
    return _table(["", "tool", "why", "cases"], rows)
