"""Kaiming initialisation."""

from actfn.interview.grading.task import Random, Task, Wrong

task = Task(
    name="kaiming_init",
    signature="fan_in, fan_out, rng",
    question="Weights of shape (fan_in, fan_out) for a layer followed by ReLU: mean 0, variance 2 / fan_in.",
    contract=(
        "fan_in and fan_out are positive integers; rng is a numpy.random.Generator, from which the numbers are drawn.",
        "The result has the shape (fan_in, fan_out), mean 0 and variance 2 / fan_in; normal, or uniform with that variance.",
        "The same state of rng gives the same weights.",
    ),
    truth=Random(),
    model="rng.normal(0.0, np.sqrt(2.0 / fan_in), size=(fan_in, fan_out))",
    right={
        "cut off at two deviations": """
            w = rng.standard_normal((fan_in, fan_out))
            while (far := np.abs(w) > 2).any():
                w[far] = rng.standard_normal(far.sum())
            return w * np.sqrt(2 / fan_in) / 0.8796256610342398
        """,
        "scaled": "rng.standard_normal((fan_in, fan_out)) * np.sqrt(2 / fan_in)",
        "uniform": """
            bound = np.sqrt(6 / fan_in)
            return rng.uniform(-bound, bound, (fan_in, fan_out))
        """,
        "power": "rng.normal(size=(fan_in, fan_out)) * (2 / fan_in) ** 0.5",
        "divided": "return rng.standard_normal(size=(fan_in, fan_out)) / np.sqrt(fan_in / 2)",
        "loc and scale": "return rng.normal(loc=0, scale=(2 / fan_in) ** 0.5, size=[fan_in, fan_out])",
        "transposed draw": "return (rng.standard_normal((fan_out, fan_in)) * np.sqrt(2 / fan_in)).T",
        "row by row": "return np.stack([rng.normal(0, np.sqrt(2 / fan_in), fan_out) for _ in range(fan_in)])",
        "float32": """
            return rng.standard_normal((fan_in, fan_out), dtype=np.float32) * np.float32(np.sqrt(2 / fan_in))
        """,
    },
    wrong={
        "two values": Wrong(
            """
            s = np.sqrt(2 / fan_in)
            return rng.choice([-s, s], size=(fan_in, fan_out))
        """,
            "only two values, -s and s: normal or uniform numbers are asked for",
        ),
        "Laplace": Wrong(
            "rng.laplace(0, np.sqrt(1 / fan_in), (fan_in, fan_out))",
            "Laplace's distribution has the variance, but longer tails than the normal one",
        ),
        "Xavier": Wrong(
            "rng.normal(0.0, np.sqrt(2.0 / (fan_in + fan_out)), size=(fan_in, fan_out))",
            "this is Xavier's 2 / (fan_in + fan_out); ReLU needs 2 / fan_in",
        ),
        "LeCun": Wrong(
            "rng.normal(0.0, np.sqrt(1.0 / fan_in), size=(fan_in, fan_out))",
            "1 / fan_in: the 2 that makes up for ReLU's lost half is missing",
        ),
        "fan_out": Wrong(
            "rng.normal(0.0, np.sqrt(2.0 / fan_out), size=(fan_in, fan_out))",
            "fan_out instead of fan_in",
        ),
        "variance as std": Wrong(
            "rng.normal(0.0, 2.0 / fan_in, size=(fan_in, fan_out))",
            "2 / fan_in is the variance: normal takes its square root",
        ),
        "transposed": Wrong(
            "rng.normal(0.0, np.sqrt(2.0 / fan_in), size=(fan_out, fan_in))",
            "the shape is turned round: (fan_in, fan_out)",
        ),
        "standard normal": Wrong(
            "rng.standard_normal((fan_in, fan_out))", "the scale is missing: variance 1"
        ),
        "0.01": Wrong(
            "rng.normal(0.0, 0.01, size=(fan_in, fan_out))",
            "a fixed scale of 0.01: the signal shrinks from layer to layer",
        ),
        "uniform with the wrong bound": Wrong(
            """
            bound = np.sqrt(2 / fan_in)
            return rng.uniform(-bound, bound, (fan_in, fan_out))
        """,
            "uniform on (-b, b) has variance b^2 / 3: b has to be sqrt(6 / fan_in)",
        ),
        "one-sided": Wrong(
            "rng.uniform(0, np.sqrt(6 / fan_in), (fan_in, fan_out))",
            "only positive weights: the mean is not 0",
        ),
        "default PyTorch": Wrong(
            """
            bound = np.sqrt(1 / fan_in)
            return rng.uniform(-bound, bound, (fan_in, fan_out))
        """,
            "this is the default of a PyTorch linear layer, variance 1 / (3 fan_in)",
        ),
        "absolute": Wrong(
            "np.abs(rng.normal(0.0, np.sqrt(2.0 / fan_in), size=(fan_in, fan_out)))",
            "absolute values: the mean is not 0",
        ),
        "zeros": Wrong("np.zeros((fan_in, fan_out))", "all zeros: every unit would learn the same"),
        "global generator": Wrong(
            """
            np.random.seed(0)
            return np.random.normal(0.0, np.sqrt(2.0 / fan_in), size=(fan_in, fan_out))
        """,
            "it seeds and uses NumPy's global generator: draw from rng",
        ),
        "own generator": Wrong(
            """
            return np.random.default_rng(0).normal(0.0, np.sqrt(2.0 / fan_in), size=(fan_in, fan_out))
        """,
            "it makes its own generator: draw from rng",
        ),
        "product": Wrong(
            "rng.normal(0.0, np.sqrt(2.0 / (fan_in * fan_out)), size=(fan_in, fan_out))",
            "fan_in * fan_out instead of fan_in",
        ),
        "inverse": Wrong(
            "rng.normal(0.0, np.sqrt(fan_in / 2.0), size=(fan_in, fan_out))",
            "the fraction is turned round",
        ),
        "four": Wrong(
            "rng.normal(0.0, np.sqrt(4.0 / fan_in), size=(fan_in, fan_out))",
            "4 / fan_in: twice the variance",
        ),
        "vector": Wrong(
            "rng.normal(0.0, np.sqrt(2.0 / fan_in), size=fan_in * fan_out)",
            "a flat vector: the shape is (fan_in, fan_out)",
        ),
        "square root twice": Wrong(
            "rng.normal(0.0, (2.0 / fan_in) ** 0.25, size=(fan_in, fan_out))",
            "the square root is taken twice",
        ),
        "mean one": Wrong(
            "rng.normal(1.0, np.sqrt(2.0 / fan_in), size=(fan_in, fan_out))",
            "the mean is 1 instead of 0",
        ),
        "Glorot uniform": Wrong(
            """
            bound = np.sqrt(6 / (fan_in + fan_out))
            return rng.uniform(-bound, bound, (fan_in, fan_out))
        """,
            "this is Glorot's uniform bound; ReLU needs sqrt(6 / fan_in)",
        ),
    },
    hints=(
        "ReLU halves the mean square: what makes up for it?",
        "Variance 2 / fan_in; normal() takes the standard deviation.",
        "rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))",
    ),
    source="He et al. 2015, arXiv:1502.01852, equation 10",
)
