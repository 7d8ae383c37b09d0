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
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp", text=True)
    with os.fdopen(descriptor, "w") as file:
        json.dump(data, file, indent=2, ensure_ascii=False)
        file.write("\n")
    os.replace(temporary, path)
    print(f"{len(data['attempts'])} attempts and {len(data['cards'])} cards are in {path}")
    return 0
