"""The hyperbolic tangent."""

from actfn.interview.formulas.task import Definition, FormulaTask, Variable, Wrong

_X = Variable("x")
_Y = Definition("y", "tanh(x)", aliases="t f", function="tanh")

TASKS = [
    FormulaTask(
        name="tanh_derivative",
        question="Derive d/dx tanh(x), in terms of the input x.",
        variables=(_X,),
        definitions=(_Y,),
        expected="1 - tanh(x)^2",
        function="tanh",
        notations=("1 - tanh^2(x)", "sech^2(x)", "1/cosh^2(x)", "4/(e^x + e^-x)^2"),
        hints=(
            "tanh is sinh/cosh: use the quotient rule.",
            "The top becomes cosh^2 - sinh^2, which is 1.",
            "Write 1/cosh^2 with tanh.",
        ),
        wrong={
            "output_for_input": Wrong(
                "1 - x^2",
                "That is 1 - y^2 with x put in for y: in terms of the input, y is tanh(x).",
            ),
            "not_squared": Wrong("1 - tanh(x)", "tanh is squared."),
            "sigmoid_rule": Wrong(
                "tanh(x)(1 - tanh(x))", "y(1 - y) is the rule of the sigmoid; tanh has 1 - y^2."
            ),
            "plus_for_minus": Wrong("1 + tanh(x)^2", "The sign is wrong: 1 - tanh^2(x)."),
            "sign": Wrong("tanh(x)^2 - 1", "The sign is wrong: tanh rises everywhere."),
            "sech": Wrong("1/cosh(x)", "cosh is squared."),
            "function_itself": Wrong("tanh(x)", "That is tanh itself."),
            "complement_squared": Wrong(
                "(1 - tanh(x))^2", "Square tanh(x) alone, not the difference."
            ),
            "halved_argument": Wrong("1 - tanh(x/2)^2", "The argument stays x."),
            "argument_squared": Wrong("1 - tanh(x^2)", "Square tanh(x), not its argument."),
            "second_derivative": Wrong(
                "-2 tanh(x)(1 - tanh(x)^2)", "That is the second derivative."
            ),
            "one_fourth": Wrong(
                "1/(e^x + e^-x)^2", "cosh is (e^x + e^-x)/2: a factor 4 is missing."
            ),
        },
    ),
    FormulaTask(
        name="tanh_derivative_from_output",
        question="Write the derivative of tanh in terms of its output y = tanh(x) alone.",
        variables=(
            Variable("x", why_not="Right, but asked in terms of the output y: tanh(x) is y."),
        ),
        definitions=(Definition("y", "tanh(x)", aliases="t a f o", function=""),),
        main="y",
        expected="1 - y^2",
        notations=("1 - y^2", "(1 - y)(1 + y)"),
        hints=(
            "Derive it in x first.",
            "1/cosh^2(x) = 1 - tanh^2(x).",
            "Put y in for tanh(x).",
        ),
        wrong={
            "applied_again": Wrong(
                "1 - tanh(y)^2", "tanh is applied to an output: y is tanh(x) already."
            ),
            "sigmoid_rule": Wrong("y(1 - y)", "y(1 - y) is the rule of the sigmoid."),
            "not_squared": Wrong("1 - y", "y is squared."),
            "plus_for_minus": Wrong("1 + y^2", "The sign is wrong: 1 - y^2."),
            "sign": Wrong("y^2 - 1", "The sign is wrong: tanh rises everywhere."),
            "complement_squared": Wrong("(1 - y)^2", "Square y alone, not the difference."),
            "twice": Wrong("1 - 2y", "y^2 is y times y, not 2y."),
            "derivative_of_answer": Wrong("-2y", "That differentiates 1 - y^2 once more."),
            "cubed": Wrong("y(1 - y^2)", "There is no further factor y."),
        },
    ),
    FormulaTask(
        name="tanh_second_derivative",
        question="Derive the second derivative of tanh.",
        variables=(_X,),
        definitions=(_Y,),
        expected="-2 tanh(x) (1 - tanh(x)^2)",
        forbidden={"tanh''": "That only names the second derivative: write it out."},
        notations=("-2 tanh(x) sech^2(x)", "-2y(1 - y^2) with y = tanh(x)"),
        hints=(
            "Start from y' = 1 - y^2.",
            "Differentiate: y'' = -2 y y'.",
            "Put 1 - y^2 in for y'.",
        ),
        wrong={
            "chain_rule": Wrong("-2y", "The inner derivative y' = 1 - y^2 is missing."),
            "sign": Wrong("2y(1 - y^2)", "The sign is wrong: 1 - y^2 has a minus."),
            "factor_two": Wrong("-y(1 - y^2)", "The factor 2 of the square is missing."),
            "first_derivative": Wrong("1 - y^2", "That is the first derivative."),
            "square": Wrong("(1 - y^2)^2", "That is the first derivative squared."),
            "sigmoid_rule": Wrong("y(1 - y)(1 - 2y)", "That is the rule of the sigmoid."),
            "no_factor_y": Wrong("-2(1 - y^2)", "The factor y of the outer derivative is missing."),
        },
    ),
    FormulaTask(
        name="tanh_from_sigmoid",
        question="Write tanh(x) with the sigmoid σ and nothing else but numbers.",
        variables=(_X,),
        expected="2 sigmoid(2x) - 1",
        bare="",
        forbidden=dict.fromkeys(
            ("tanh", "exp", "sinh", "cosh", "coth", "sech"), "Right, but asked with σ alone."
        ),
        notations=("2σ(2x) - 1",),
        hints=(
            "Both are S-shaped; compare their limits.",
            "σ(u) = 1/(1 + e^-u), tanh(x) = (1 - e^-2x)/(1 + e^-2x): which u?",
            "u = 2x; then stretch by 2 and shift by -1.",
        ),
        wrong={
            "argument_not_doubled": Wrong(
                "2 sigmoid(x) - 1", "That is tanh(x/2): the argument is 2x."
            ),
            "argument_halved": Wrong("2 sigmoid(x/2) - 1", "The argument is doubled, not halved."),
            "not_stretched": Wrong("sigmoid(2x) - 1", "σ is doubled: tanh goes from -1 to 1."),
            "not_shifted": Wrong("2 sigmoid(2x)", "That goes from 0 to 2: subtract 1."),
            "mirrored": Wrong("1 - 2 sigmoid(2x)", "The sign is wrong: that is tanh(-x)."),
            "plus_for_minus": Wrong("2 sigmoid(2x) + 1", "Subtract 1: tanh goes from -1 to 1."),
            "inverse": Wrong(
                "(1 + sigmoid(x/2))/2", "That mixes it up with σ(x) = (1 + tanh(x/2))/2."
            ),
        },
    ),
]
