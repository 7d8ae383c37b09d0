"""What importing and the first call load, in fresh interpreters."""

import subprocess
import sys


def run(code: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return result.stdout.strip()


def test_import_is_lazy():
    loaded = run(
        "import sys, actfn\n"
        "heavy = {'numpy', 'numba', 'llvmlite', 'sympy', 'mpmath', 'flint', 'matplotlib', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert loaded == "[]"


def test_names_need_no_numpy():
    loaded = run(
        "import sys, actfn; actfn.names(); actfn.get('gelu'); print('numba' in sys.modules)"
    )
    assert loaded == "False"


def test_a_cached_kernel_needs_no_numba():
    code = (
        "import sys, numpy as np, actfn\n"
        "actfn.gelu(np.ones(3, np.float32)); print('numba' in sys.modules)"
    )
    run(code)  # compiles, if nothing is on disk yet
    assert run(code) == "False"


def test_a_broken_cache_is_repaired(tmp_path):
    code = (
        f"import os; os.environ['ACTFN_CACHE_DIR'] = {str(tmp_path)!r}\n"
        "import numpy as np, actfn; print(actfn.relu(np.float32([-1, 2])))"
    )
    first = run(code)
    for file in tmp_path.glob("*.o"):
        file.write_bytes(file.read_bytes()[:100])
    assert run(code) == first


def test_an_unwritable_cache_is_no_error(tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("not a folder")
    code = (
        f"import os; os.environ['ACTFN_CACHE_DIR'] = {str(blocker / 'x')!r}\n"
        "import numpy as np, actfn; print(actfn.relu(np.float32([-1, 2])))"
    )
    assert run(code) == "[0. 2.]"
