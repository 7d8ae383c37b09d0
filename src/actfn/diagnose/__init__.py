"""Why a network does not learn: dead, saturated and vanishing units, their cause, a tried remedy.

    report = actfn.diagnose(model, batches)                       a torch module
    report = actfn.diagnose([(weight, bias, "relu"), ...], batches)   plain arrays

The package is callable; see `actfn.diagnose.run.diagnose` for its arguments. What other frameworks
compute can be put into an `actfn.diagnose.observe.Observer`, and judged by `report_of`.
"""

from actfn.callable_package import make_callable

make_callable(__name__, "run")
