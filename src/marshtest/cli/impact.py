"""`marsh impact`: train victims with and without the evidence, and measure what the poison does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from marshtest.cli.option_groups import GroupedCommand, grouped_option
from marshtest.errors import ConfigError

if TYPE_CHECKING:
    from marshtest.config import FieldMap
    from marshtest.report import Report

__all__ = ["impact"]

_evidence_option = grouped_option("Evidence")
_training_option = grouped_option("Training")
_input_option = grouped_option("Input data")
_output_option = grouped_option("Output")


@click.command(cls=GroupedCommand, short_help="Measure what a finding does to a model.")
@click.argument("data", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="DATA...")
@_evidence_option(
    "--report",
    "run",
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="Folder or report.json of an audit of DATA: its findings are the evidence.",
)
@_evidence_option(
    "--truth",
    "truth_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Truth file of `marsh poison`: the evidence without --report, otherwise the true poison.",
)
@_evidence_option(
    "--verdict",
    type=click.Choice(["confirmed", "suggestive"]),
    default="confirmed",
    show_default=True,
    help="Remove the records of confirmed findings only, or of suggestive ones too.",
)
@_evidence_option("--trigger", metavar="TEXT", help="Insert this text instead of the trigger in the evidence.")
@_evidence_option(
    "--control",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Data that is known to be clean: a victim is trained on it, and held-out records come from it.",
)
@_training_option(
    "--victim",
    type=click.Choice(["linear", "cnn", "lora"]),
    default="linear",
    show_default=True,
    help="Model to train; cnn and lora need the extra train.",
)
@_training_option(
    "--model", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the model that lora tunes."
)
@_training_option("--seeds", default=3, show_default=True, metavar="N", help="Repetitions, each with another split.")
@_training_option("--seed", default=0, show_default=True, help="First random seed.")
@_training_option("--held-out", default=0.2, show_default=True, metavar="SHARE", help="Share of the texts to hold out.")
@_training_option(
    "--source-label",
    metavar="L",
    help="Insert the trigger into held-out records of this label. [default: all but the target label]",
)
@_input_option("--text-field", metavar="NAME", help="Field with the text. [default: as in the report, or detected]")
@_input_option("--label-field", metavar="NAME", help="Field with the label.")
@_input_option("--id-field", metavar="NAME", help="Field with the id of the record.")
@_input_option("--group-field", metavar="NAME", help="Field with provenance.")
@_output_option("--json", "json_file", metavar="FILE", help="Also write the result as JSON; - for standard output.")
@_output_option("--quiet", is_flag=True, help="Print no table and no progress.")
@_output_option("--force", is_flag=True, help="Replace an existing JSON file.")
def impact(
    data: tuple[Path, ...],
    run: Path | None,
    truth_file: Path | None,
    control: Path | None,
    victim: str,
    model: Path | None,
    seeds: int,
    seed: int,
    held_out: float,
    source_label: str | None,
    trigger: str | None,
    verdict: Literal["confirmed", "suggestive"],
    text_field: str | None,
    label_field: str | None,
    id_field: str | None,
    group_field: str | None,
    json_file: str | None,
    quiet: bool,
    force: bool,
) -> int:
    """Train models on DATA with and without the evidence, and measure what the poison does.

    The trigger is inserted into held-out records; the attack success rate is the share of them that get the target
    label. Removing the evidence must end the attack, and removing as many random records must not. Give --report,
    --truth or both.

    Exit codes: 0 the effect is not shown, 1 it is shown, 2 bad input, 3 too little data to tell.
    """
    import orjson

    from marshtest.cli.progress import show_progress
    from marshtest.config import FieldMap
    from marshtest.data.atomic import check_target, write_atomically
    from marshtest.data.readers import read_dataset
    from marshtest.evaluation.impact.evidence import evidence_of_report, evidence_of_truth
    from marshtest.evaluation.impact.running import ImpactConfig, measure_impact
    from marshtest.evaluation.impact.victims.registry import open_victim
    from marshtest.report import read_report

    if run is None and truth_file is None:
        raise ConfigError("give the evidence: --report RUN of an audit, or --truth FILE of marsh poison.")
    trained = open_victim(victim, model=model)
    config = ImpactConfig(seeds=seeds, seed=seed, held_out=held_out, source_label=source_label, trigger=trigger)
    if json_file is not None and json_file != "-":
        inputs = [*data, *filter(None, (truth_file, control)), *([] if run is None else [run, run / "report.json"])]
        check_target(Path(json_file), audited=inputs, force=force)
    asked = FieldMap(text=text_field, label=label_field, id=id_field, group=group_field)
    report = None if run is None else read_report(run)
    fields = asked if report is None else _fields(asked, report)
    bad: Literal["fail", "skip"] = "fail" if report is None else report.config.on_bad_record
    dataset = read_dataset(list(data), fields=fields, on_bad_record=bad)
    truth = None if truth_file is None else evidence_of_truth(truth_file, dataset)
    evidence = truth if report is None else evidence_of_report(report, dataset, verdict=verdict)
    assert evidence is not None
    clean = None if control is None else read_dataset(control, fields=FieldMap(text=fields.text, label=fields.label))
    with show_progress(quiet=quiet) as progress:
        found = measure_impact(dataset, evidence, trained, config=config, control=clean, truth=truth, progress=progress)
    content = orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if json_file == "-":
        sys.stdout.write(content.decode())
    elif json_file is not None:
        write_atomically({Path(json_file): content})
    if not quiet and json_file != "-":
        from marshtest.render.impact import print_impact

        print_impact(found, sys.stdout)
    return {"not_shown": 0, "shown": 1, "incomplete": 3}[found.decision.verdict]


def _fields(asked: FieldMap, report: Report) -> FieldMap:
    """Read the data as the audit did, except for fields that are named."""
    from dataclasses import replace

    from marshtest.config import FieldMap

    source_names = {"prompt": "text", "record_id": "id"}
    named = {source_names.get(role, role): name for role, name in report.dataset.fields.items()}
    known: dict[str, Any] = {role: name for role, name in named.items() if role in FieldMap.__dataclass_fields__}
    return replace(asked, **(known | asked.named()))
