"""Runs a person's answer in a limited process of its own; only raw array bytes come back.

>>> from actfn.interview.sandbox import Call, Sandbox
>>> with Sandbox() as sandbox:
...     report = sandbox.run("def double(x):\\n    return 2 * x", "double", [Call((1.5,))])
>>> report.status, float(report.outcomes[0].value)
('ok', 3.0)
"""

from actfn.interview.sandbox.records import GENERATOR, Call, Limits, Outcome, Report, SandboxError
from actfn.interview.sandbox.sandbox import Sandbox

__all__ = ["GENERATOR", "Call", "Limits", "Outcome", "Report", "Sandbox", "SandboxError"]
