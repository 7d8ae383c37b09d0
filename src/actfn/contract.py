"""The numeric contract, as numbers: what every activation promises and the tests check.

All errors are in ULP of the exact result: real-valued, no floor, subnormal spacing honoured.
"""

# float32, forward and derivative, over all 2**32 inputs. Beyond the first number the record must
# give its reason in `float32_error`, or the kernel be `single`: computed in float32 itself, for
# speed. Beyond the second nothing is accepted.
FLOAT32_ULP = 0.55
FLOAT32_ULP_WITH_REASON = 1.0

# float64, on dense samples by bit pattern.
FLOAT64_ULP = 2.0
# So close to a zero x0 of a derivative (or, for the same reason, of a value) the bound is the
# effect of so many ULP of the input, ulp(x0) |f''(x0)| each: no representable x comes closer to x0.
FLOAT64_WINDOW = 2.0**-20
FLOAT64_INPUT_ULP = 2.0

# float16 and bfloat16 are correctly rounded: half an ULP, ties to even.
HALF_ULP = 0.5

# grad_output * f'(x): rounded once where the kernel computes in more than the array's type.
BACKWARD_ULP = 1.5

BOUNDS = {
    "float16": HALF_ULP,
    "bfloat16": HALF_ULP,
    "float32": FLOAT32_ULP,
    "float64": FLOAT64_ULP,
}

# What other people's implementations are examined against, unless they claim more: a few
# operations, each rounded once. NumPy's own exp may be 2.4 ULP off in float32, so one is not asked.
EXAMINED_BOUNDS = {"float16": 1.0, "bfloat16": 1.0, "float32": 4.0, "float64": 4.0}

# Functions of rows are evaluated in float64 and rounded once: half an ULP, and what float64's own
# error pushes over the middle between two numbers. Beyond the last number a record must give its
# reason in `float64_error`.
ROW_BOUNDS = {
    "float16": 0.51,
    "bfloat16": 0.51,
    "float32": FLOAT32_ULP_WITH_REASON,
    "float64": FLOAT64_ULP,
}
