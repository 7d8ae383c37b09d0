"""`actfn lab [CLAIM...]`."""

from rich import box
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from actfn import lab
from actfn.commands.console import console, error_console, print_json
from actfn.lab.claim import CONDITIONAL, FALSE, HOLDS, Claim, Outcome

_COLOURS = {HOLDS: "green", CONDITIONAL: "yellow", FALSE: "red"}


def run(arguments) -> int:
    """Run claims and print what they found; 1 where a verdict is not the expected one."""
    claims = {name: lab.get(name) for name in arguments.claims or lab.names()}
    if arguments.list:
        return _list(claims, arguments.json)
    found = _run(claims)
    if arguments.output:
        from actfn.lab.page import write

        write(arguments.output, found)
    if arguments.json:
        print_json([claim.as_dict(outcome) for claim, outcome in found.values()])
    else:
        _print(found, cards=bool(arguments.claims))
    return int(any(outcome.verdict != claim.expected for claim, outcome in found.values()))


def _run(claims: dict[str, Claim]) -> dict[str, tuple[Claim, Outcome]]:
    from actfn.lab.running import run_all

    out, found = error_console(), {}
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=out, disable=not out.is_terminal, transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("", total=len(claims))
        for name, outcome, _ in run_all(claims):
            found[name] = outcome
            progress.update(task, advance=1, description=name)
    return {name: (claim, found[name]) for name, claim in claims.items()}


def _list(claims: dict[str, Claim], as_json: bool) -> int:
    if as_json:
        print_json([claim.as_dict() for claim in claims.values()])
        return 0
    table = Table("name", "claim", box=box.SIMPLE_HEAD, pad_edge=False)
    for name, claim in claims.items():
        table.add_row(name, escape(claim.says))
    console().print(table)
    return 0


def _print(found: dict[str, tuple[Claim, Outcome]], cards: bool) -> None:
    out = console()
    if cards:
        for claim, outcome in found.values():
            out.print(_card(claim, outcome))
        return
    table = Table("claim", "verdict", "number", box=box.SIMPLE_HEAD, pad_edge=False)
    for claim, outcome in found.values():
        first = outcome.numbers[0]
        table.add_row(
            escape(f"{claim.says}\n  ({claim.name})"), _verdict(claim, outcome),
            escape(f"{first.what}: {first}"),
        )  # fmt: skip
    out.print(table)


def _verdict(claim: Claim, outcome: Outcome) -> str:
    changed = "" if outcome.verdict == claim.expected else f"\n[red]expected: {claim.expected}[/]"
    return f"[{_COLOURS[outcome.verdict]}]{outcome.verdict}[/]{changed}"


def _card(claim: Claim, outcome: Outcome) -> Panel:
    numbers = "\n".join(escape(f"  {n.what}: {n}") for n in outcome.numbers)
    text = (
        f"[dim]{escape(claim.source)}[/]\n\n{escape(claim.question)}\n"
        f"  {escape(' · '.join(claim.choices))}\n\n"
        f"{_verdict(claim, outcome)}: {escape(outcome.because)}\n{numbers}\n\n"
        f"[cyan]{escape(claim.code)}[/]"
    )
    return Panel(text, title=escape(claim.says), title_align="left")
