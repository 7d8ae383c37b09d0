"""`actfn diagnose --faults`: the fault benchmark."""

from rich import box
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from actfn.commands.console import console, error_console, print_json
from actfn.diagnose.faults import CASES, LEFT_OUT
from actfn.diagnose.published_rules import RULES
from actfn.diagnose.scores import Score, Scores, score

WANTED = 0.95  # precision and recall


def run(arguments) -> int:
    """Run all cases and print the scores; 1 where ours are not good enough."""
    out = error_console()
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=out, disable=not out.is_terminal, transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("", total=len(CASES))
        found = score(progress=lambda name: progress.update(task, advance=1, description=name))
    if arguments.json:
        print_json(as_dict(found))
    else:
        console().print(_table(found))
        for name in found.networks.wrong:
            said, true = found.said[name]
            console().print(
                f"{name}: said {sorted(said) or 'healthy'}, is {sorted(true) or 'healthy'}"
            )
        if LEFT_OUT:
            console().print(LEFT_OUT)
    scores = (found.networks, found.units)
    return int(min(min(s.precision, s.recall) for s in scores) < WANTED)


def as_dict(found: Scores) -> dict:
    """The scores as plain numbers."""

    def plain(one: Score | None):
        return one and {"precision": one.precision, "recall": one.recall, "wrong": one.wrong}

    return {
        "cases": len(found.said),
        "left_out": LEFT_OUT or None,
        "networks": plain(found.networks),
        "units": plain(found.units),
        "by_kind": {kind: plain(one) for kind, one in found.ours_by_kind.items()},
        "published": {
            name: {"networks": plain(networks), "units": plain(units)}
            for name, (networks, units) in found.rules.items()
        },
    }


def _table(found: Scores) -> Table:
    table = Table(
        "rule", "looks for", "source", box=box.SIMPLE_HEAD, title=f"{len(found.said)} cases"
    )
    for heading in ("precision", "recall", "wrong", "units: precision", "recall"):
        table.add_column(heading, justify="right")
    table.add_row(
        "[bold]actfn[/]", "everything", "", *_cells(found.networks), *_cells(found.units)[:2]
    )
    for kind, one in found.ours_by_kind.items():
        table.add_row("[bold]actfn[/]", kind, "", *_cells(one), "", "")
    for rule in RULES:
        networks, units = found.rules[rule.name]
        last = _cells(units)[:2] if units else ("", "")
        table.add_row(rule.name, rule.kind, rule.source, *_cells(networks), *last)
    return table


def _cells(one: Score) -> tuple[str, str, str]:
    return f"{one.precision:.2f}", f"{one.recall:.2f}", str(len(one.wrong))
