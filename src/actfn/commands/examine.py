"""`actfn examine WHAT --as NAME`."""

from actfn.commands.console import console, error_console, print_json
from actfn.errors import ImplementationError
from actfn.examine.examination import examine
from actfn.examine.report import UNEXAMINED, render


def run(arguments) -> int:
    """Examine one implementation, or all peers, and print or save what was found."""
    if arguments.peers:
        from actfn.commands.scoreboard import write

        return write(arguments)
    if not arguments.implementation:
        raise ValueError("name what to examine, such as torch:nn.functional.gelu, or give --peers")
    out = error_console()
    with out.status("", spinner="dots") if out.is_terminal else _Silent() as status:
        try:
            report = examine(
                arguments.implementation,
                arguments.like,
                dtype=arguments.dtype,
                derivative=arguments.derivative,
                bound=arguments.bound,
                framework=arguments.framework,
                exhaustive=arguments.exhaustive,
                speed=not arguments.no_speed,
                patience=arguments.patience,
                progress=lambda label: status.update(f"{arguments.implementation}: {label}"),
            )
        except ImplementationError as error:
            out.print(f"actfn: {error}", markup=False)
            return UNEXAMINED
    if arguments.plot:
        report.plot(arguments.plot)
    if arguments.json:
        print_json(report.as_dict())
    else:
        console().print(render(report))
    return report.exit_code


class _Silent:
    """Progress where nobody looks at it."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def update(self, label: str) -> None:
        """Nothing is shown."""
