"""`python -m actfn`."""

import sys

from actfn.cli import main

sys.exit(main())
