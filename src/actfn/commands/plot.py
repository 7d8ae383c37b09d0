"""`actfn plot NAME... -o FILE`."""

import os
import tempfile
from pathlib import Path

from actfn.catalogue import get


def run(arguments) -> int:
    """Draw activations into one file, which is there whole or not at all."""
    records = [get(name) for name in arguments.names]
    from actfn.plot import plot

    target = Path(arguments.output)
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, suffix=target.suffix)
    os.close(descriptor)
    try:
        plot(
            records,
            derivative=arguments.derivative,
            second=arguments.second,
            interval=arguments.interval and tuple(arguments.interval),
            path=temporary,
        )
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
    return 0


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
