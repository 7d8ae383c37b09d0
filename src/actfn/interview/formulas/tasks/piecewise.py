"""Activations in pieces: ReLU, leaky ReLU, ELU, SELU, PReLU, and the hard ones."""

from actfn.interview.formulas.task import Definition, FormulaTask, Variable, Wrong

_X = Variable("x")
_A = Variable("α", "positive", aliases="a alpha")
_SLOPE = Variable("α", "unit", aliases="a alpha negative_slope slope")
_LAMBDA = Variable("λ", "positive", aliases="lambda lambd scale l")
_AT_ZERO = "At x = 0 any value between the two sides is accepted."

TASKS = [
    FormulaTask(
        name="relu_derivative",
        question=f"Write the derivative of ReLU, max(0, x). {_AT_ZERO}",
        variables=(_X,),
        expected="1 if x > 0 else 0",
        function="relu",
        notations=("1 if x > 0 else 0", "1{x > 0}", "{1, x > 0; 0, x < 0"),
        hints=(
            "There are two straight pieces.",
            "Each has a constant slope.",
            "1 on the right, 0 on the left.",
        ),
        wrong={
            "swapped": Wrong("0 if x > 0 else 1", "The two cases are exchanged."),
            "function_itself": Wrong("max(0, x)", "That is ReLU itself, not its slope."),
            "sign_function": Wrong("sign(x)", "The slope on the left is 0, not -1."),
            "always_one": Wrong("1", "The slope for x < 0 is 0."),
            "zero": Wrong("0", "The slope for x > 0 is 1."),
            "input": Wrong("x", "The slope is 1, not x."),
            "leaky": Wrong(
                "1 if x > 0 else 0.01", "That is leaky ReLU's: here the left slope is 0."
            ),
            "sigmoid": Wrong("sigmoid(x)", "That is softplus' derivative, the smooth form."),
            "step_at_one": Wrong("1 if x > 1 else 0", "The kink is at 0, not at 1."),
        },
    ),
    FormulaTask(
        name="leaky_relu_derivative",
        question=f"Write the derivative of leaky ReLU, x for x > 0 and αx otherwise. {_AT_ZERO}",
        variables=(_X, _SLOPE),
        expected="1 if x > 0 else α",
        notations=("1 if x > 0 else α", "α + (1 - α) 1{x > 0}"),
        hints=("There are two straight pieces.", "Each has a constant slope.", "1 and α."),
        wrong={
            "swapped": Wrong("α if x > 0 else 1", "The two cases are exchanged."),
            "function_itself": Wrong("x if x > 0 else α x", "That is leaky ReLU itself."),
            "input_left": Wrong("1 if x > 0 else α x", "The slope of αx is α, not αx."),
            "relu": Wrong("1 if x > 0 else 0", "That is ReLU's: the left slope is α."),
            "sign": Wrong("1 if x > 0 else -α", "αx has the slope α, also for x < 0."),
            "default": Wrong("1 if x > 0 else 0.01", "0.01 is only the default: write α."),
            "complement": Wrong("1 if x > 0 else 1 - α", "The left slope is α."),
            "no_cases": Wrong("α", "For x > 0 the slope is 1."),
            "sum_of_slopes": Wrong("1 + α if x > 0 else α", "For x > 0 the slope is 1, not 1 + α."),
        },
    ),
    FormulaTask(
        name="prelu_alpha_derivative",
        question=f"Derive the derivative of PReLU, x for x > 0 and αx otherwise, by α. {_AT_ZERO}",
        variables=(_X, _SLOPE),
        expected="0 if x > 0 else x",
        notations=("min(0, x)", "0 if x > 0 else x"),
        hints=(
            "α occurs in one piece only.",
            "Differentiate αx by α.",
            "x on the left, 0 on the right.",
        ),
        wrong={
            "by_x": Wrong("1 if x > 0 else α", "That is the derivative by x."),
            "swapped": Wrong("x if x > 0 else 0", "The two cases are exchanged: α acts on x < 0."),
            "no_cases": Wrong("x", "For x > 0 there is no α in it: 0."),
            "sign": Wrong("0 if x > 0 else -x", "The derivative of αx by α is x, negative there."),
            "alpha": Wrong("0 if x > 0 else α", "That is the derivative of αx by x."),
            "one_right": Wrong("1 if x > 0 else x", "For x > 0 there is no α in it: 0."),
            "with_alpha": Wrong("0 if x > 0 else α x", "The derivative of αx by α is x."),
        },
    ),
    FormulaTask(
        name="elu_derivative",
        question=(
            "Derive d/dx of ELU, x for x > 0 and α(e^x - 1) otherwise, in terms of the input. "
            f"{_AT_ZERO}"
        ),
        variables=(_X, _A),
        definitions=(
            Definition("y", "x if x > 0 else α(exp(x) - 1)", aliases="f elu ELU", function=""),
        ),
        expected="1 if x > 0 else α exp(x)",
        notations=("1 if x > 0 else α e^x", "{1, x > 0; α e^x, x ≤ 0", "1 if x > 0 else y + α"),
        hints=(
            "Differentiate each piece by itself.",
            "The derivative of α(e^x - 1) loses the constant.",
            "1 and α e^x.",
        ),
        wrong={
            "constant_kept": Wrong(
                "1 if x > 0 else α(exp(x) - 1)", "The constant -1 has derivative 0."
            ),
            "function_itself": Wrong("x if x > 0 else α(exp(x) - 1)", "That is ELU itself."),
            "swapped": Wrong("α exp(x) if x > 0 else 1", "The two cases are exchanged."),
            "alpha_lost": Wrong("1 if x > 0 else exp(x)", "The factor α is missing."),
            "sign": Wrong("1 if x > 0 else -α exp(x)", "The sign of the left piece is wrong."),
            "sign_in_exponent": Wrong("1 if x > 0 else α exp(-x)", "The exponent is x, not -x."),
            "constant_left": Wrong("1 if x > 0 else α", "The left slope is αe^x: e^x is missing."),
            "relu": Wrong("1 if x > 0 else 0", "That is ReLU's: the left slope is αe^x."),
            "power_rule": Wrong("1 if x > 0 else α x exp(x - 1)", "e^x is its own derivative."),
            "input_right": Wrong("x if x > 0 else α exp(x)", "The slope of x is 1."),
            "from_output": Wrong(
                "1 if x > 0 else x + α", "x + α is y + α with x put in for the output y."
            ),
            "selu": Wrong("1 if x > 0 else α exp(x) + α", "y + α is αe^x already."),
        },
    ),
    FormulaTask(
        name="elu_derivative_from_output",
        question=(
            "Write the derivative of ELU (x for x > 0, α(e^x - 1) otherwise) in terms of its output "
            f"y and of α alone. {_AT_ZERO}"
        ),
        variables=(Variable("x", why_not="Right, but asked in terms of the output y."), _A),
        definitions=(
            Definition("y", "x if x > 0 else α(exp(x) - 1)", aliases="f o elu", function=""),
        ),
        main="y",
        expected="1 if y > 0 else y + α",
        notations=("1 if y > 0 else y + α",),
        hints=(
            "In terms of x it is 1 and αe^x.",
            "y = αe^x - α on the left, and y > 0 exactly where x > 0.",
            "So αe^x = y + α.",
        ),
        wrong={
            "minus_for_plus": Wrong("1 if y > 0 else y - α", "αe^x = y + α: the sign of α."),
            "applied_again": Wrong(
                "1 if y > 0 else α exp(y)", "y is the output already: αe^x is y + α."
            ),
            "output": Wrong("1 if y > 0 else y", "αe^x = y + α: the α is missing."),
            "swapped": Wrong("y + α if y > 0 else 1", "The two cases are exchanged."),
            "plus_one": Wrong("1 if y > 0 else y + 1", "It is y + α: that is the case α = 1."),
            "product": Wrong("1 if y > 0 else α y", "It is y + α, not αy."),
            "alpha_times": Wrong("1 if y > 0 else α(y + 1)", "αe^x = y + α, since y = αe^x - α."),
            "function_itself": Wrong("y", "That is the output itself."),
        },
    ),
    FormulaTask(
        name="selu_derivative",
        question=(
            "Derive d/dx of SELU, λx for x > 0 and λα(e^x - 1) otherwise; keep λ and α as letters. "
            f"{_AT_ZERO}"
        ),
        variables=(_X, _A, _LAMBDA),
        expected="λ if x > 0 else λ α exp(x)",
        notations=("λ if x > 0 else λ α e^x",),
        hints=("It is λ times ELU.", "ELU's derivative is 1 and αe^x.", "λ and λαe^x."),
        wrong={
            "lambda_lost_right": Wrong(
                "1 if x > 0 else λ α exp(x)", "λ multiplies the right piece too."
            ),
            "lambda_lost_left": Wrong(
                "λ if x > 0 else α exp(x)", "λ multiplies the left piece too."
            ),
            "elu": Wrong("1 if x > 0 else α exp(x)", "That is ELU's: λ is missing."),
            "constant_kept": Wrong(
                "λ if x > 0 else λ α (exp(x) - 1)", "The constant has derivative 0."
            ),
            "function_itself": Wrong("λ x if x > 0 else λ α (exp(x) - 1)", "That is SELU itself."),
            "swapped": Wrong("λ α exp(x) if x > 0 else λ", "The two cases are exchanged."),
            "alpha_lost": Wrong("λ if x > 0 else λ exp(x)", "The factor α is missing."),
            "sign_in_exponent": Wrong("λ if x > 0 else λ α exp(-x)", "The exponent is x, not -x."),
            "alpha_right": Wrong("λ α if x > 0 else λ α exp(x)", "α is in the left piece only."),
        },
    ),
    FormulaTask(
        name="hard_sigmoid_derivative",
        question=(
            "Write the derivative of the hard sigmoid, 0.2x + 0.5 clipped to [0, 1]. At the two "
            "kinks any value between the sides is accepted."
        ),
        variables=(_X,),
        expected="0.2 if -2.5 < x and x < 2.5 else 0",
        notations=("0.2 if -2.5 < x < 2.5 else 0", "0.2 if |x| < 2.5 else 0"),
        hints=(
            "Three straight pieces.",
            "Where does 0.2x + 0.5 reach 0 and 1?",
            "At -2.5 and 2.5.",
        ),
        wrong={
            "not_clipped": Wrong("0.2", "Outside the two kinks it is constant: slope 0."),
            "edges_at_three": Wrong(
                "0.2 if abs(x) < 3 else 0", "±3 belongs to x/6 + 1/2; 0.2x + 0.5 ends at ±2.5."
            ),
            "other_slope": Wrong(
                "1/6 if abs(x) < 3 else 0", "That is the x/6 + 1/2 form of other libraries."
            ),
            "edges_at_one": Wrong(
                "0.2 if abs(x) < 1 else 0", "The kinks are where 0.2x + 0.5 is 0 or 1."
            ),
            "half_side": Wrong("0.2 if x > -2.5 else 0", "Above 2.5 it is constant too."),
            "half_side_right": Wrong("0.2 if x < 2.5 else 0", "Below -2.5 it is constant too."),
            "one_outside": Wrong("0.2 if abs(x) < 2.5 else 1", "Outside it is constant: slope 0."),
            "function_itself": Wrong("clip(0.2x + 0.5, 0, 1)", "That is the function itself."),
            "swapped": Wrong("0 if abs(x) < 2.5 else 0.2", "The cases are exchanged."),
        },
    ),
    FormulaTask(
        name="hard_swish_derivative",
        question=(
            "Write the derivative of hard swish, x · min(max(x + 3, 0), 6)/6. At the two kinks any "
            "value between the sides is accepted."
        ),
        variables=(_X,),
        expected="0 if x < -3 else (1 if x > 3 else (2x + 3)/6)",
        notations=("{0, x < -3; 1, x > 3; (2x + 3)/6 otherwise",),
        hints=(
            "Three pieces: what is the function on each?",
            "0, x(x + 3)/6 and x.",
            "The middle one is a parabola: (2x + 3)/6.",
        ),
        wrong={
            "no_product_rule": Wrong(
                "0 if x < -3 else (1 if x > 3 else (x + 3)/6)",
                "In the middle x(x + 3)/6 is a product: (2x + 3)/6.",
            ),
            "slope_only": Wrong(
                "0 if x < -3 else (1 if x > 3 else 1/6)", "The factor x is forgotten."
            ),
            "middle_only": Wrong("(2x + 3)/6", "Below -3 it is 0, above 3 it is 1."),
            "right_zero": Wrong(
                "(2x + 3)/6 if abs(x) < 3 else 0", "Above 3 the function is x: slope 1."
            ),
            "left_one": Wrong(
                "(2x + 3)/6 if abs(x) < 3 else 1", "Below -3 the function is 0: slope 0."
            ),
            "swapped": Wrong(
                "1 if x < -3 else (0 if x > 3 else (2x + 3)/6)", "The outer cases are exchanged."
            ),
            "function_itself": Wrong("x clip(x + 3, 0, 6)/6", "That is the function itself."),
            "constant": Wrong(
                "0 if x < -3 else (1 if x > 3 else x/3)", "The constant 3/6 is missing."
            ),
            "not_divided": Wrong("0 if x < -3 else (1 if x > 3 else 2x + 3)", "Divide by 6."),
        },
    ),
]
