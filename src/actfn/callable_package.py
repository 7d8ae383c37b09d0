"""A package that can be called: `actfn.diagnose(model, batches)` beside `actfn.diagnose.judge`.

The package itself, rather than a function of its name beside it: Python puts a package into its
parent's namespace as soon as any of its modules is imported, so such a function would be found or
not, depending on what was imported before.
"""

import sys
from importlib import import_module
from types import ModuleType


def make_callable(package: str, home: str) -> None:
    """Let `package(...)` call the function of the package's own name in its module `home`.

    The module is imported at the first call, so that importing the package stays cheap.
    """
    module = sys.modules[package]
    name = package.rpartition(".")[2]

    class CallablePackage(ModuleType):
        def __call__(self, *arguments, **options):
            return getattr(import_module(f"{package}.{home}"), name)(*arguments, **options)

        @property
        def __wrapped__(self):  # what help(), inspect.signature() and notebooks show
            return getattr(import_module(f"{package}.{home}"), name)

    module.__class__ = CallablePackage
