"""Every function of the catalogue and every function of rows, from the lane that races them."""

from actfn.catalogue import get, names
from actfn.examine.race import lane_actfn
from actfn.examine.race.case import BACKWARD, DTYPES, FORWARD, Case
from actfn.examine.race.rows import ROWS

SIZES = (1_000, 100_000, 10_000_000)


class Elementwise:
    """Forward and backward of one function, of one type and size, in one thread."""

    params = (names(), list(DTYPES), SIZES)
    param_names = ("function", "dtype", "elements")

    def setup(self, name, dtype, size):
        """Compile it, and make its arrays."""
        lane_actfn.start(1)
        self.forward = way(Case(name, FORWARD, dtype, (size,)))
        self.backward = way(Case(name, BACKWARD, dtype, (size,)))
        self.forward(), self.backward()

    def time_forward(self, name, dtype, size):
        """f(x), into an array that is there."""
        self.forward()

    def time_backward(self, name, dtype, size):
        """dy f'(x), into an array that is there."""
        self.backward()


class Together:
    """The value and the derivative in one pass, float32."""

    params = ([name for name in names() if len(get(name).inputs) == 1], SIZES)
    param_names = ("function", "elements")

    def setup(self, name, size):
        """Compile it, and make its arrays."""
        lane_actfn.start(1)
        self.both = way(Case(name, "value_and_derivative", "float32", (size,)))
        self.both()

    def time_value_and_derivative(self, name, size):
        """y and f'(x), into arrays that are there."""
        self.both()


class Rows:
    """Functions of rows and samplers at the shapes of the race, float32."""

    params = ([(name, operation) for name, row in ROWS.items() for operation in row.operations],)
    param_names = ("function and operation",)

    def setup(self, what):
        """Compile it, and make its arrays."""
        lane_actfn.start(1)
        name, operation = what
        row = ROWS[name]
        self.call = way(Case(name, operation, "float32", row.shapes[0], row.inputs))
        self.call()

    def time_rows(self, what):
        """One call."""
        self.call()

    def peakmem_rows(self, what):
        """The process at its largest."""
        self.call()


def way(case):
    """The first way that the lane offers."""
    return next(iter(lane_actfn.ways(case).values())).call
