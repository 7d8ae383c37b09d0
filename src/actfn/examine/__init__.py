"""Measures implementations of activations: anybody's, and our own.

``actfn.examine(implementation, like="gelu")`` calls this package. The package is callable, rather
than the function having a name of its own beside it, because Python puts a package into its
parent's namespace as soon as any of its modules is imported: a function of the same name there
would be found or not, depending on what was imported before.
"""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """The package as a function; the examination is imported when it is first called."""

    def __call__(
        self,
        implementation: str | Callable,
        like: Any = None,
        *,
        dtype: str = "float32",
        derivative: str | Callable | None = None,
        bound: float | None = None,
        framework: str | None = None,
        exhaustive: bool = False,
        speed: bool = True,
        points: int | None = None,
        patience: float | None = None,
        progress: Callable[[str], None] | None = None,
    ):
        """Measure any implementation of an activation.

        It runs in a process of its own: if it raises, hangs or crashes, that is a finding.

        Parameters
        ----------
        implementation : str or callable
            "torch:nn.functional.gelu", "jax:nn.elu", "onnx:Gelu", "FILE.py:function",
            "module:function", or a function of one array.
        like : str, Activation or Variant, optional
            What it claims to be: anything `actfn.get` understands or returns. Without it only
            what needs no truth is examined.
        dtype : {"float32", "float64", "float16", "bfloat16"}
        derivative : str or callable, optional
            A function of x that returns f'(x). Without it the derivative is taken by automatic
            differentiation where the framework has it, and is not examined elsewhere.
        bound : float, optional
            ULP that a result may be off: what the implementation claims. By default
            `actfn.contract.EXAMINED_BOUNDS`.
        framework : {"numpy", "torch", "jax"}, optional
            Whose arrays the function takes; found out by a call where it is not given.
        exhaustive : bool
            float32: try all 2**32 inputs, after the search among some.
        speed : bool
            Measure nanoseconds per element too.
        points : int, optional
            Inputs to start the search from; by default as many as a few seconds allow.
        patience : float, optional
            Seconds after which a call counts as hanging, 10 by default.
        progress : callable, optional
            Called with what is being done.

        Returns
        -------
        Report
            `.verdict`, `.findings`, `.regions`, `.speed`; `print` it, or `.as_dict()` and
            `.plot("error.svg")`.

        Raises
        ------
        ImplementationError
            Where nothing can be called by that name.

        Examples
        --------
        >>> import numpy as np, actfn
        >>> def elu(x):
        ...     return np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)
        >>> report = actfn.examine(elu, like="elu", speed=False)
        >>> report.verdict, sorted(report.causes)
        ('fragile', ['cancellation'])
        """
        from actfn.examine.examination import PATIENCE, examine

        return examine(
            implementation, like, dtype=dtype, derivative=derivative, bound=bound,
            framework=framework, exhaustive=exhaustive, speed=speed, points=points,
            patience=PATIENCE if patience is None else patience, progress=progress,
        )  # fmt: skip


sys.modules[__name__].__class__ = _Callable
