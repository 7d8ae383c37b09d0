"""Variances and bounds of the initialisations that go with the activations."""

from actfn.interview.formulas.task import Definition, FormulaTask, Variable, Wrong

_IN = Variable("fan_in", "count", aliases="fanin n_in nin n_i n_l n N fan d_in m")
_OUT = Variable("fan_out", "count", aliases="fanout n_out nout n_o d_out")
_IN_OF_TWO = Variable("fan_in", "count", aliases="fanin n_in nin n_i d_in")
_GAIN = Definition("gain", "sqrt(2/(1 + a^2))")
_SLOPE = Variable("a", "unit", aliases="α alpha negative_slope slope")

TASKS = [
    FormulaTask(
        name="kaiming_variance",
        question=(
            "Kaiming (He) initialisation for leaky ReLU with negative slope a: the variance of a "
            "weight, in terms of a and fan_in?"
        ),
        variables=(_IN, _SLOPE),
        definitions=(_GAIN,),
        expected="2/((1 + a^2) fan_in)",
        notations=("2/((1 + a^2) fan_in)",),
        hints=(
            "The variance of a sum of fan_in products should stay the same.",
            "ReLU keeps half of the second moment: a factor 2.",
            "The left half keeps a² of its part: (1 + a²)/2 in all.",
        ),
        wrong={
            "relu": Wrong("2/fan_in", "That is ReLU, a = 0: the factor 1 + a² is missing."),
            "no_two": Wrong("1/((1 + a^2) fan_in)", "The 2 for the half that is cut is missing."),
            "standard_deviation": Wrong(
                "sqrt(2/((1 + a^2) fan_in))", "That is the standard deviation: square it."
            ),
            "bound": Wrong("sqrt(6/((1 + a^2) fan_in))", "That is the bound of the uniform form."),
            "not_squared": Wrong(
                "2/((1 + a) fan_in)", "The slope is squared: second moments count."
            ),
            "minus_for_plus": Wrong("2/((1 - a^2) fan_in)", "Both halves add up: 1 + a²."),
            "upside_down": Wrong("2(1 + a^2)/fan_in", "1 + a² belongs below the line."),
            "multiplied": Wrong("2 fan_in/(1 + a^2)", "fan_in belongs below the line."),
            "lecun": Wrong("1/fan_in", "That is LeCun's, for a linear unit."),
            "slope_alone": Wrong("2/(a^2 fan_in)", "The right half counts too: 1 + a²."),
        },
    ),
    FormulaTask(
        name="kaiming_bound",
        question=(
            "The same initialisation drawn uniformly from [-b, b]: write the bound b in terms of the "
            "slope a and fan_in."
        ),
        variables=(_IN, _SLOPE),
        definitions=(_GAIN,),
        expected="sqrt(6/((1 + a^2) fan_in))",
        notations=("sqrt(6/((1 + a^2) fan_in))",),
        hints=(
            "A uniform variable on [-b, b] has the variance b²/3.",
            "Set that equal to 2/((1 + a²) fan_in).",
            "b² = 6/((1 + a²) fan_in).",
        ),
        wrong={
            "variance": Wrong("2/((1 + a^2) fan_in)", "That is the variance."),
            "standard_deviation": Wrong(
                "sqrt(2/((1 + a^2) fan_in))", "That is the standard deviation: times √3."
            ),
            "square": Wrong("6/((1 + a^2) fan_in)", "Take the root."),
            "three": Wrong("sqrt(3/((1 + a^2) fan_in))", "b²/3 = 2/(...): a factor 2 is missing."),
            "twelve": Wrong(
                "sqrt(24/((1 + a^2) fan_in))", "That is the width of the interval, 2b."
            ),
            "relu": Wrong("sqrt(6/fan_in)", "That is ReLU, a = 0."),
            "both_fans": Wrong("sqrt(6/(2 fan_in))", "That is Xavier's with equal fans."),
            "not_squared": Wrong("sqrt(6/((1 + a) fan_in))", "The slope is squared."),
        },
    ),
    FormulaTask(
        name="xavier_variance",
        question="Xavier (Glorot) initialisation: the variance of a weight, in terms of both fans?",
        variables=(_IN_OF_TWO, _OUT),
        expected="2/(fan_in + fan_out)",
        notations=("2/(fan_in + fan_out)",),
        hints=(
            "Forward wants 1/fan_in, backward wants 1/fan_out.",
            "It is a compromise between the two.",
            "One over the mean of the fans.",
        ),
        wrong={
            "no_two": Wrong("1/(fan_in + fan_out)", "One over the mean of the fans: a 2 on top."),
            "standard_deviation": Wrong(
                "sqrt(2/(fan_in + fan_out))", "That is the standard deviation: square it."
            ),
            "bound": Wrong("sqrt(6/(fan_in + fan_out))", "That is the bound of the uniform form."),
            "kaiming": Wrong("2/fan_in", "That is Kaiming's, for ReLU."),
            "forward_only": Wrong("1/fan_in", "That is the forward condition alone."),
            "backward_only": Wrong("1/fan_out", "That is the backward condition alone."),
            "product": Wrong("2/(fan_in fan_out)", "The fans are added."),
            "six": Wrong(
                "6/(fan_in + fan_out)", "That is the square of the uniform bound: three times it."
            ),
            "difference": Wrong("2/(fan_in - fan_out)", "The fans are added."),
            "harmonic": Wrong(
                "(1/fan_in + 1/fan_out)/2", "It is one over the mean, not the mean of both."
            ),
        },
    ),
    FormulaTask(
        name="xavier_bound",
        question="Xavier (Glorot) drawn uniformly from [-b, b]: write b in terms of both fans.",
        variables=(_IN_OF_TWO, _OUT),
        expected="sqrt(6/(fan_in + fan_out))",
        notations=("sqrt(6/(fan_in + fan_out))",),
        hints=(
            "A uniform variable on [-b, b] has the variance b²/3.",
            "Set that equal to 2/(fan_in + fan_out).",
            "b² = 6/(fan_in + fan_out).",
        ),
        wrong={
            "variance": Wrong("2/(fan_in + fan_out)", "That is the variance."),
            "standard_deviation": Wrong(
                "sqrt(2/(fan_in + fan_out))", "That is the standard deviation: times √3."
            ),
            "square": Wrong("6/(fan_in + fan_out)", "Take the root."),
            "three": Wrong("sqrt(3/(fan_in + fan_out))", "b²/3 = 2/(...): a factor 2 is missing."),
            "twelve": Wrong(
                "sqrt(24/(fan_in + fan_out))", "That is the width of the interval, 2b."
            ),
            "kaiming": Wrong("sqrt(6/fan_in)", "That is Kaiming's bound: both fans count here."),
            "product": Wrong("sqrt(6/(fan_in fan_out))", "The fans are added."),
            "root_outside": Wrong(
                "sqrt(6)/(fan_in + fan_out)", "The root covers the whole fraction."
            ),
        },
    ),
]
