"""The logistic sigmoid σ(x) = 1/(1 + e^-x) and its relatives."""

from actfn.interview.formulas.task import Definition, FormulaTask, Variable, Wrong

_X = Variable("x")
_S = Definition("s", "sigmoid(x)", aliases="S f y", function="sigmoid")
_OUTPUT = (
    Variable(
        "x", why_not="Right, but asked in terms of the output s: write s where you have σ(x)."
    ),
)

TASKS = [
    FormulaTask(
        name="sigmoid_derivative",
        question="Derive dσ/dx of the sigmoid σ(x) = 1/(1 + e^-x), in terms of the input x.",
        variables=(_X,),
        definitions=(_S,),
        expected="sigmoid(x) (1 - sigmoid(x))",
        function="sigmoid",
        notations=("σ(x)(1 - σ(x))", "s(1 - s) with s = σ(x)", "e^-x/(1 + e^-x)^2"),
        hints=(
            "Write σ as (1 + e^-x)^-1 and use the chain rule.",
            "The derivative is e^-x / (1 + e^-x)^2: split it into two factors.",
            "One factor is σ(x), the other e^-x/(1 + e^-x) = 1 - σ(x).",
        ),
        wrong={
            "output_for_input": Wrong(
                "x(1 - x)",
                "That is s(1 - s) with x put in for s: in terms of the input, s is σ(x).",
            ),
            "plus_for_minus": Wrong("s(1 + s)", "The second factor is 1 - σ(x), not 1 + σ(x)."),
            "one_factor": Wrong("1 - s", "A factor σ(x) is missing: the derivative is σ(1 - σ)."),
            "function_itself": Wrong("s", "That is the sigmoid itself, not its derivative."),
            "both_one_minus": Wrong("(1 - s)^2", "Only one factor is 1 - σ(x), the other is σ(x)."),
            "both_sigmoid": Wrong("s^2", "One of the two factors is 1 - σ(x), not σ(x)."),
            "tanh_rule": Wrong("1 - s^2", "1 - y^2 is the rule of tanh; the sigmoid has s(1 - s)."),
            "inner_derivative": Wrong(
                "-1/(1 + e^-x)^2", "The inner derivative of 1 + e^-x, which is -e^-x, is missing."
            ),
            "sign": Wrong(
                "-e^-x/(1 + e^-x)^2",
                "The sign is wrong: the chain rule gives two minus signs, which cancel.",
            ),
            "not_expanded": Wrong("s - 1", "s(1 - s) is s - s^2, the square is missing."),
            "of_output": Wrong(
                "sigmoid(s)(1 - sigmoid(s))",
                "The sigmoid is applied twice: σ is taken of x, not of its own output.",
            ),
        },
    ),
    FormulaTask(
        name="sigmoid_derivative_from_output",
        question="Write the derivative of the sigmoid in terms of its output s = σ(x) alone.",
        variables=_OUTPUT,
        definitions=(Definition("s", "sigmoid(x)", aliases="σ sigma S y a p f o", function=""),),
        main="s",
        expected="s (1 - s)",
        notations=("s(1 - s)", "s - s^2"),
        hints=(
            "Derive it in x first: e^-x/(1 + e^-x)^2.",
            "Express e^-x by s: e^-x = (1 - s)/s.",
            "What is left is a product of s and one more factor.",
        ),
        wrong={
            "applied_again": Wrong(
                "sigmoid(s)(1 - sigmoid(s))",
                "The sigmoid is applied to an output: s is σ(x) already.",
            ),
            "tanh_rule": Wrong("1 - s^2", "1 - y^2 is the rule of tanh; the sigmoid has s(1 - s)."),
            "sign": Wrong("s(s - 1)", "The sign is wrong: the sigmoid rises everywhere."),
            "plus_for_minus": Wrong("s(1 + s)", "The second factor is 1 - s."),
            "one_factor": Wrong("1 - s", "A factor s is missing."),
            "both_one_minus": Wrong("(1 - s)^2", "Only one factor is 1 - s, the other is s."),
            "both_sigmoid": Wrong("s^2", "One of the two factors is 1 - s."),
            "factor_two": Wrong("2 s (1 - s)", "There is no factor 2."),
            "cubed": Wrong("s^2 (1 - s)", "The factor s occurs once, not squared."),
        },
    ),
    FormulaTask(
        name="sigmoid_second_derivative",
        question="Derive the second derivative σ''(x) of the sigmoid.",
        variables=(_X,),
        definitions=(_S,),
        expected="sigmoid(x) (1 - sigmoid(x)) (1 - 2 sigmoid(x))",
        notations=("s(1 - s)(1 - 2s) with s = σ(x)",),
        forbidden={"sigmoid''": "That only names the second derivative: write it out."},
        hints=(
            "Start from σ' = σ - σ^2.",
            "Differentiate: σ'' = σ' - 2σσ'.",
            "Put σ(1 - σ) in for σ' and take it out of the bracket.",
        ),
        wrong={
            "first_derivative": Wrong("s(1 - s)", "That is the first derivative."),
            "no_product_rule": Wrong(
                "s(1 - s)^2", "The product rule has a second term: σ is in both factors."
            ),
            "chain_rule": Wrong("1 - 2s", "The inner derivative s' = s(1 - s) is missing."),
            "sign": Wrong("-s(1 - s)(1 - 2s)", "The sign is wrong: σ'' > 0 for x < 0."),
            "plus_for_minus": Wrong("s(1 - s)(1 + 2s)", "The last factor is 1 - 2s."),
            "square": Wrong("s^2(1 - s)^2", "That is the first derivative squared."),
            "tanh_rule": Wrong("-2s(1 - s^2)", "That is the rule of tanh, -2t(1 - t^2)."),
        },
    ),
    FormulaTask(
        name="sigmoid_derivative_maximum",
        question="What is the largest value of the sigmoid's derivative?",
        variables=(),
        expected="1/4",
        notations=("1/4", "0.25"),
        hints=(
            "The derivative is s(1 - s) with s between 0 and 1.",
            "A parabola in s: where is its top?",
            "At s = 1/2, which is x = 0.",
        ),
        wrong={
            "output": Wrong("1/2", "1/2 is the output σ(0); the derivative there is 1/2 · 1/2."),
            "tanh": Wrong(
                "1", "1 is the largest derivative of tanh; the sigmoid's is σ(0)(1 - σ(0))."
            ),
            "place": Wrong("0", "0 is where it is reached, not its value."),
            "half_of_it": Wrong("1/8", "s(1 - s) at s = 1/2 is 1/4."),
            "not_a_product": Wrong("3/4", "s(1 - s) is a product: 1/2 times 1/2."),
        },
    ),
    FormulaTask(
        name="sigmoid_from_tanh",
        question="Write σ(x) with tanh and nothing else but numbers.",
        variables=(_X,),
        expected="(1 + tanh(x/2))/2",
        forbidden=dict.fromkeys(
            ("sigmoid", "exp", "coth", "sinh", "cosh", "sech"), "Right, but asked with tanh alone."
        ),
        notations=("(1 + tanh(x/2))/2",),
        hints=(
            "Both are S-shaped; compare their limits, 0 and 1 against -1 and 1.",
            "tanh(u) = (1 - e^-2u)/(1 + e^-2u): which u gives e^-x?",
            "u = x/2; then shift by 1 and halve.",
        ),
        wrong={
            "argument_not_halved": Wrong(
                "(1 + tanh(x))/2", "The argument is x/2: tanh has e^-2u in it."
            ),
            "argument_doubled": Wrong("(1 + tanh(2x))/2", "The argument is halved, not doubled."),
            "not_halved": Wrong("1 + tanh(x/2)", "That goes from 0 to 2: halve it."),
            "not_shifted": Wrong("tanh(x/2)/2", "That goes from -1/2 to 1/2: add 1/2."),
            "mirrored": Wrong("(1 - tanh(x/2))/2", "That is σ(-x): the sign of tanh is wrong."),
            "inverse": Wrong("2 tanh(2x) - 1", "That mixes it up with tanh(x) = 2σ(2x) - 1."),
            "half_inside": Wrong("1/2 + tanh(x/2)", "tanh is halved too: it goes from -1 to 1."),
        },
    ),
    FormulaTask(
        name="logit",
        question="Solve s = σ(x) for x: the inverse of the sigmoid, in terms of s.",
        variables=(Variable("s", "unit", aliases="p y"),),
        expected="log(s/(1 - s))",
        forbidden={"logit": "That only names the inverse: write it with the logarithm."},
        notations=("ln(s/(1 - s))", "ln s - ln(1 - s)"),
        hints=(
            "Write 1/s = 1 + e^-x.",
            "Then e^-x = (1 - s)/s.",
            "Take the logarithm and turn the sign.",
        ),
        wrong={
            "sign": Wrong(
                "log((1 - s)/s)", "The sign is wrong: e^-x = (1 - s)/s, so x is minus that."
            ),
            "no_odds": Wrong("log(s)", "It is the logarithm of the odds, s over 1 - s."),
            "plus_for_minus": Wrong("log(s/(1 + s))", "The odds are s over 1 - s."),
            "reciprocal": Wrong("1/(1 + exp(-s))", "That is the sigmoid again, not its inverse."),
            "complement": Wrong("log(1 - s)", "It is the logarithm of the odds, s over 1 - s."),
            "no_logarithm": Wrong("s/(1 - s)", "The odds are e^x: take their logarithm."),
            "minus_reciprocal": Wrong(
                "-log(s)", "1/s is 1 + e^-x: subtract the 1 before the logarithm."
            ),
            "logit_derivative": Wrong("1/(s(1 - s))", "That is the derivative of the inverse."),
        },
    ),
    FormulaTask(
        name="log_sigmoid_derivative",
        question="Derive d/dx log σ(x).",
        variables=(_X,),
        definitions=(_S,),
        expected="1 - sigmoid(x)",
        function="log_sigmoid",
        notations=("1 - σ(x)", "σ(-x)", "1/(1 + e^x)"),
        hints=(
            "Chain rule: σ'(x)/σ(x).",
            "σ' = σ(1 - σ): one factor cancels.",
            "What is left is also σ(-x).",
        ),
        wrong={
            "chain_rule": Wrong("1/s", "The inner derivative σ'(x) is missing."),
            "sigmoid_for_complement": Wrong(
                "s", "That is σ(x); the factor that is left is 1 - σ(x)."
            ),
            "sign": Wrong("s - 1", "The sign is wrong: log σ(x) rises."),
            "sigmoid_derivative": Wrong("s(1 - s)", "Divide σ' by σ: the factor σ cancels."),
            "log_of_derivative": Wrong("log(s(1 - s))", "That is the logarithm of the derivative."),
            "square": Wrong("s(1 - s)^2", "d/dx log u is u'/u, not u' times 1 - u."),
            "divided_twice": Wrong("(1 - s)/s", "The factor σ cancels once: σ'/σ = 1 - σ."),
        },
    ),
    FormulaTask(
        name="softplus_derivative",
        question="Derive d/dx of softplus, log(1 + e^x).",
        variables=(_X,),
        definitions=(Definition("s", "sigmoid(x)", aliases="S", function="sigmoid"),),
        expected="sigmoid(x)",
        function="softplus",
        notations=("σ(x)", "e^x/(1 + e^x)", "1/(1 + e^-x)"),
        hints=(
            "Chain rule: one over the inside, times the inside's derivative.",
            "That is e^x/(1 + e^x).",
            "Divide top and bottom by e^x: you know this function.",
        ),
        wrong={
            "chain_rule": Wrong(
                "1/(1 + e^x)", "The inner derivative e^x is missing: without it that is σ(-x)."
            ),
            "sigmoid_derivative": Wrong("s(1 - s)", "That is the second derivative of softplus."),
            "sign": Wrong("-s", "The sign is wrong: softplus rises."),
            "relu_derivative": Wrong(
                "1 if x > 0 else 0", "That is ReLU's; softplus is its smooth form."
            ),
            "tanh": Wrong("tanh(x)", "It goes from 0 to 1: it is the sigmoid."),
            "no_denominator": Wrong("e^x", "The derivative of log u is u'/u: divide by 1 + e^x."),
            "function_itself": Wrong("log(1 + e^x)", "That is softplus itself."),
        },
    ),
]
