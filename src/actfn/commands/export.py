"""`actfn export`."""

import json
import os
import tempfile
from pathlib import Path

from actfn.commands.console import print_json
from actfn.interview.store import exchange, open_store


def run(arguments) -> int:
    """Write everything that is kept, as JSON."""
    with open_store() as store:
        data = exchange.export(store)
    if not arguments.output:
        print_json(data)
        return 0
    path = Path(arguments.output)
    # Beside the target and then renamed: nobody ever finds half a file.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".actfn-") as folder:
        temporary = Path(folder) / path.name
        text = json.dumps(data, indent=2, ensure_ascii=False)
        temporary.write_text(f"{text}\n", encoding="utf-8")
        os.replace(temporary, path)
    print(f"{len(data['attempts'])} attempts and {len(data['cards'])} cards are in {path}")
    return 0
