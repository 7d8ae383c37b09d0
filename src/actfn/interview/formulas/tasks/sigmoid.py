"""The logistic sigmoid: σ(x) = 1 / (1 + e^-x)."""

from actfn.interview.formulas.task import Definition, FormulaTask, Variable, Wrong

_X = Variable("x")
_S = Definition("s", "sigmoid(x)", aliases="S f y", function="sigmoid")
_AS_OUTPUT = Wrong(
    "x(1 - x)",
    "That is s(1 - s) with x put in for s: in terms of the input, s is σ(x).",
)

TASKS = [
    FormulaTask(
        name="sigmoid_derivative",
        question="Derive dσ/dx of the sigmoid σ(x) = 1/(1 + e^-x), in terms of the input x.",
        variables=(_X,),
        definitions=(_S,),
        expected="sigmoid(x) (1 - sigmoid(x))",
        function="sigmoid",
        notations=("σ(x)(1 - σ(x))", "s(1 - s)", "e^-x/(1 + e^-x)^2"),
        hints=(
            "Write σ as (1 + e^-x)^-1 and use the chain rule.",
            "The derivative is e^-x / (1 + e^-x)^2: split it into two factors.",
            "One factor is σ(x), the other e^-x/(1 + e^-x) = 1 - σ(x).",
        ),
        wrong={
            "output_for_input": _AS_OUTPUT,
            "plus_for_minus": Wrong("s(1 + s)", "The second factor is 1 - σ(x), not 1 + σ(x)."),
            "one_factor": Wrong("1 - s", "The factor σ(x) is missing: 1 - σ(x) is only half."),
            "function_itself": Wrong("s", "That is the sigmoid itself, not its derivative."),
            "square_of_one_minus": Wrong("(1 - s)^2", "Only one factor is 1 - σ(x), the other σ(x)."),
            "square": Wrong("s^2", "σ(-x) = 1 - σ(x) belongs in one of the two factors."),
            "tanh_rule": Wrong("1 - s^2", "1 - y^2 is the rule of tanh; the sigmoid has s(1 - s)."),
            "chain_rule": Wrong(
                "-1/(1 + e^-x)^2", "The inner derivative -e^-x of 1 + e^-x is missing."
            ),
            "inner_sign": Wrong(
                "-e^-x/(1 + e^-x)^2", "The chain rule gives two minus signs, which cancel."
            ),
            "not_squared": Wrong("e^-x/(1 + e^-x)", "The denominator is squared by the power rule."),
        },
    ),
]
