"""Machine code on disk: a kernel is compiled by Numba once per machine, then only loaded.

Loading needs llvmlite but not Numba, whose import alone costs more than everything else together.
Numba's own cache would not do: its key is the one source file of a function, and a kernel is made
of several.
"""

import ctypes
import hashlib
import os
import sys
import tempfile
from functools import cache
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm

# The model that Numba compiles for: with "default", constants cost every seventh cycle.
_CODE_MODEL = "jitdefault"
_engines = []  # they own the machine code: dropping one would leave dangling pointers


def cache_directory() -> Path:
    """Where compiled kernels are kept: $ACTFN_CACHE_DIR, or the user's cache folder."""
    chosen = os.environ.get("ACTFN_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "actfn" / "kernels"


def cpu() -> tuple[str, str]:
    """The processor's LLVM name and the features that code is compiled for."""
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


@cache
def _target_machine():
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    # What compiled code may call: the C library's status flags and block operations, and, where
    # LLVM could not prove that Numba's error path is dead, the interpreter's lock.
    flags = ctypes.CDLL("libm.so.6" if sys.platform == "linux" else None)
    process = ctypes.CDLL(None)
    for name in ("fetestexcept", "feclearexcept", "feraiseexcept"):
        _define(name, getattr(flags, name))
    for name in ("memset", "memcpy", "memmove"):
        _define(name, getattr(process, name))
    _define("numba_gil_ensure", ctypes.pythonapi.PyGILState_Ensure)
    _define("numba_gil_release", ctypes.pythonapi.PyGILState_Release)
    name, features = cpu()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=name, features=features, opt=3, reloc="pic", codemodel=_CODE_MODEL, jit=True
    )


def _define(name: str, function) -> None:
    llvm.add_symbol(name, ctypes.cast(function, ctypes.c_void_p).value)


@cache
def _environment_key() -> str:
    numba_version = _installed_version("numba")
    system = (sys.implementation.cache_tag, *cpu(), _CODE_MODEL)
    return "\n".join((numba_version, llvmlite.__version__, *system))


def _installed_version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


def load(source_digest: str, symbol: str, make_ir) -> int:
    """The address of `symbol`, compiled from `make_ir()` (LLVM text) unless it is on disk."""
    machine = _target_machine()
    key = hashlib.sha256(f"{_environment_key()}\n{source_digest}\n{symbol}".encode()).hexdigest()
    path = cache_directory() / f"{symbol}-{key[:24]}.o"
    code = _stored(path)
    if code is None:
        module = llvm.parse_assembly(make_ir())
        code = machine.emit_object(module)
        _store(path, code)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    object_file = llvm.ObjectFileRef.from_data(code)
    engine.add_object_file(object_file)
    engine.finalize_object()
    _engines.append((engine, object_file, code))
    return engine.get_function_address(symbol)


_CHECKSUM = hashlib.sha256().digest_size


def _stored(path: Path) -> bytes | None:
    """The code on disk, or None where there is none or not all of it: running it would crash."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    checksum, code = content[:_CHECKSUM], content[_CHECKSUM:]
    return code if hashlib.sha256(code).digest() == checksum else None


def _store(path: Path, code: bytes) -> None:
    """Write atomically; a cache that cannot be written is no error, only slower next time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(descriptor, "wb") as file:
            file.write(hashlib.sha256(code).digest() + code)
        os.replace(temporary, path)
    except OSError:
        return
