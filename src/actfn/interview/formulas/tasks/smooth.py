"""Smooth activations of the form x times something: SiLU, Swish, GELU, Mish; and softsign."""

from actfn.interview.formulas.task import Definition, FormulaTask, Variable, Wrong

_X = Variable("x")
_S = Definition("s", "sigmoid(x)", aliases="S", function="sigmoid")
_U = "sqrt(2/pi) (x + 0.044715 x^3)"
_DU = "sqrt(2/pi) (1 + 0.134145 x^2)"

TASKS = [
    FormulaTask(
        name="silu_derivative",
        question="Derive d/dx of SiLU (Swish), f(x) = x σ(x).",
        variables=(_X,),
        definitions=(_S, Definition("f", "x sigmoid(x)", aliases="y", function="silu")),
        expected="sigmoid(x) + x sigmoid(x) (1 - sigmoid(x))",
        function="silu",
        notations=("σ(x)(1 + x(1 - σ(x)))", "f + σ(x)(1 - f) with f = x σ(x)"),
        hints=(
            "It is a product: x times σ(x).",
            "The product rule gives σ(x) + x σ'(x).",
            "Put σ(1 - σ) in for σ'.",
        ),
        wrong={
            "no_product_rule": Wrong(
                "s(1 - s)", "The product rule is forgotten: x is a factor of f."
            ),
            "first_term_only": Wrong("s", "The product rule has a second term, x σ'(x)."),
            "second_term_only": Wrong("x s(1 - s)", "The product rule has a first term, σ(x)."),
            "factor_x": Wrong(
                "s + s(1 - s)", "The second term is x σ'(x): the factor x is missing."
            ),
            "sigmoid_for_complement": Wrong("s + x s^2", "σ' is σ(1 - σ): one σ should be 1 - σ."),
            "sign": Wrong("s - x s(1 - s)", "The second term is added, not subtracted."),
            "plus_for_minus": Wrong("s + x s(1 + s)", "σ' is σ(1 - σ), with a minus."),
            "complement_only": Wrong("s + x(1 - s)", "σ' is σ(1 - σ): the factor σ is missing."),
            "one_plus_x": Wrong("s(1 + x)", "The factor 1 - σ(x) of σ' is missing."),
            "function_itself": Wrong("x s", "That is SiLU itself."),
            "output_rule": Wrong("f + s(1 - s)", "It is f + σ(1 - f): the bracket holds f, not σ."),
            "complement_of_f": Wrong("f + f(1 - f)", "It is f + σ(1 - f): the outer factor is σ."),
        },
    ),
    FormulaTask(
        name="swish_derivative",
        question="Derive d/dx of Swish with parameter β: f(x) = x σ(βx).",
        variables=(_X, Variable("β", "positive", aliases="b beta B")),
        definitions=(
            Definition("s", "sigmoid(β x)", aliases="S", function="sigmoid"),
            Definition("f", "x sigmoid(β x)", aliases="y", function=""),
        ),
        bare_of={"sigmoid": "β x"},
        expected="sigmoid(β x) + β x sigmoid(β x) (1 - sigmoid(β x))",
        notations=("s + βx s(1 - s) with s = σ(βx)", "βf + σ(βx)(1 - βf)"),
        hints=(
            "It is a product: x times σ(βx).",
            "The inner derivative of βx is β.",
            "s + x · β s(1 - s) with s = σ(βx).",
        ),
        wrong={
            "chain_rule": Wrong("s + x s(1 - s)", "The inner derivative β of βx is missing."),
            "no_product_rule": Wrong(
                "β s(1 - s)", "The product rule is forgotten: x is a factor of f."
            ),
            "first_term_only": Wrong("s", "The product rule has a second term."),
            "second_term_only": Wrong("β x s(1 - s)", "The product rule has a first term, σ(βx)."),
            "beta_one": Wrong(
                "sigmoid(x) + x sigmoid(x)(1 - sigmoid(x))", "That is the case β = 1: keep β."
            ),
            "beta_outside": Wrong("β(s + x s(1 - s))", "β belongs to the second term alone."),
            "sign": Wrong("s - β x s(1 - s)", "The second term is added, not subtracted."),
            "sigmoid_for_complement": Wrong(
                "s + β x s^2", "σ' is σ(1 - σ): one σ should be 1 - σ."
            ),
            "beta_squared": Wrong("s + β^2 x s(1 - s)", "The inner derivative is β, once."),
            "divided": Wrong("s + x s(1 - s)/β", "The inner derivative is β, not 1/β."),
            "by_beta": Wrong("x^2 s(1 - s)", "That is the derivative by β, not by x."),
        },
    ),
    FormulaTask(
        name="swish_beta_derivative",
        question="Derive the derivative of Swish f = x σ(βx) by its parameter β.",
        variables=(_X, Variable("β", "positive", aliases="b beta B")),
        definitions=(
            Definition("s", "sigmoid(β x)", aliases="S", function="sigmoid"),
            Definition("f", "x sigmoid(β x)", aliases="y", function=""),
        ),
        bare_of={"sigmoid": "β x"},
        expected="x^2 sigmoid(β x) (1 - sigmoid(β x))",
        notations=("x^2 s(1 - s) with s = σ(βx)", "f(x - f)"),
        hints=(
            "x in front is a constant now: there is no product rule.",
            "The inner derivative of βx by β is x.",
            "So x twice, times σ'.",
        ),
        wrong={
            "chain_rule": Wrong(
                "x s(1 - s)", "The inner derivative of βx by β, which is x, is missing."
            ),
            "by_x": Wrong("s + β x s(1 - s)", "That is the derivative by x, not by β."),
            "inner_beta": Wrong("β x s(1 - s)", "The inner derivative by β is x, not β."),
            "sign": Wrong("-x^2 s(1 - s)", "The sign is wrong: f rises with β."),
            "factor_x": Wrong("s(1 - s)", "x occurs twice: in front, and as inner derivative."),
            "sigmoid_for_complement": Wrong("x^2 s^2", "σ' is σ(1 - σ): one σ should be 1 - σ."),
            "one_factor": Wrong("x^2 s", "The factor 1 - σ of σ' is missing."),
            "product_rule": Wrong("s + x^2 s(1 - s)", "x does not depend on β: there is one term."),
        },
    ),
    FormulaTask(
        name="quick_gelu_derivative",
        question="Derive d/dx of the quick GELU, x σ(1.702 x).",
        variables=(_X,),
        definitions=(Definition("s", "sigmoid(1.702 x)", aliases="S", function="sigmoid"),),
        bare_of={"sigmoid": "1.702 x"},
        expected="sigmoid(1.702 x) + 1.702 x sigmoid(1.702 x) (1 - sigmoid(1.702 x))",
        notations=("s + 1.702x s(1 - s) with s = σ(1.702x)",),
        hints=(
            "It is Swish with β = 1.702.",
            "The product rule, and the inner derivative 1.702.",
            "s + 1.702 x s(1 - s) with s = σ(1.702x).",
        ),
        wrong={
            "chain_rule": Wrong("s + x s(1 - s)", "The inner derivative 1.702 is missing."),
            "no_product_rule": Wrong("1.702 s(1 - s)", "The product rule is forgotten."),
            "first_term_only": Wrong("s", "The product rule has a second term."),
            "beta_one": Wrong("silu'(x)", "That is SiLU's: the argument is 1.702x."),
            "sign": Wrong("s - 1.702 x s(1 - s)", "The second term is added."),
            "exact_gelu": Wrong("Phi(x) + x phi(x)", "That is the exact GELU's derivative."),
            "constant": Wrong("s + 1.7 x s(1 - s)", "The constant is 1.702 in both places."),
        },
    ),
    FormulaTask(
        name="gelu_derivative",
        question=(
            "Derive d/dx of the exact GELU x Φ(x), with Φ the standard normal distribution "
            "function and φ its density."
        ),
        variables=(_X,),
        definitions=(Definition("f", "x Phi(x)", aliases="y", function="gelu"),),
        expected="Phi(x) + x phi(x)",
        function="gelu",
        notations=("Φ(x) + x φ(x)", "(1 + erf(x/√2))/2 + x e^(-x^2/2)/√(2π)"),
        hints=(
            "It is a product: x times Φ(x).",
            "The derivative of a distribution function is its density.",
            "Φ(x) + x φ(x).",
        ),
        wrong={
            "no_product_rule": Wrong("phi(x)", "The product rule is forgotten: x is a factor."),
            "first_term_only": Wrong("Phi(x)", "The product rule has a second term, x φ(x)."),
            "second_term_only": Wrong("x phi(x)", "The product rule has a first term, Φ(x)."),
            "factor_x": Wrong("Phi(x) + phi(x)", "The factor x of the second term is missing."),
            "sign": Wrong("Phi(x) - x phi(x)", "The second term is added."),
            "exchanged": Wrong("phi(x) + x Phi(x)", "Φ and φ are exchanged."),
            "density_not_normal": Wrong(
                "Phi(x) + x exp(-x^2/2)", "The density has the factor 1/√(2π)."
            ),
            "density_of_erf": Wrong(
                "Phi(x) + x exp(-x^2)/sqrt(pi)",
                "The inner derivative of x/√2 and its square: e^(-x²/2).",
            ),
            "root_pi": Wrong(
                "Phi(x) + x exp(-x^2/2)/sqrt(pi)", "The density has 1/√(2π), not 1/√π."
            ),
            "exponent": Wrong("Phi(x) + x exp(-x^2)/sqrt(2 pi)", "The exponent is -x²/2."),
            "sigmoid": Wrong(
                "sigmoid(x) + x sigmoid(x)(1 - sigmoid(x))", "That is SiLU's derivative."
            ),
            "erf_scale": Wrong(
                "(1 + erf(x))/2 + x phi(x)", "Φ(x) is (1 + erf(x/√2))/2: the √2 is missing."
            ),
            "function_itself": Wrong("x Phi(x)", "That is GELU itself."),
        },
    ),
    FormulaTask(
        name="gelu_tanh_derivative",
        question=(
            "Derive d/dx of GELU's tanh form, x (1 + tanh(u))/2 with u = √(2/π) (x + 0.044715 x³). "
            "You may use u, and u' for its derivative."
        ),
        variables=(_X,),
        definitions=(
            Definition("u", _U, aliases="v z", function=""),
            Definition("u'", _DU),
            Definition("t", "tanh(u)", aliases="T"),
        ),
        bare_of={"tanh": "u", "sech": "u", "cosh": "u"},
        expected="(1 + tanh(u))/2 + x (1 - tanh(u)^2) u' / 2",
        notations=("0.5(1 + tanh u) + 0.5x(1 - tanh^2 u) √(2/π)(1 + 0.134145x^2)",),
        hints=(
            "A product: x/2 times 1 + tanh(u).",
            "The derivative of tanh(u) is (1 - tanh²(u)) u'.",
            "u' = √(2/π)(1 + 3 · 0.044715 x²).",
        ),
        wrong={
            "chain_rule": Wrong("(1 + t)/2 + x(1 - t^2)/2", "The inner derivative u' is missing."),
            "first_term_only": Wrong("(1 + t)/2", "The product rule has a second term."),
            "factor_x": Wrong(
                "(1 + t)/2 + (1 - t^2)u'/2", "The factor x of the second term is missing."
            ),
            "half": Wrong("(1 + t)/2 + x(1 - t^2)u'", "The second term is halved too."),
            "sign": Wrong("(1 + t)/2 - x(1 - t^2)u'/2", "The second term is added."),
            "cubic_inner": Wrong(
                "(1 + t)/2 + x(1 - t^2) sqrt(2/pi)(1 + 0.044715 x^2)/2",
                "The derivative of 0.044715x³ has a factor 3.",
            ),
            "cubic_power": Wrong(
                "(1 + t)/2 + x(1 - t^2) sqrt(2/pi)(1 + 0.134145 x^3)/2",
                "The derivative of x³ is 3x², not 3x³.",
            ),
            "inner_linear": Wrong(
                "(1 + t)/2 + x(1 - t^2) sqrt(2/pi)/2",
                "The derivative of the cubic term is missing.",
            ),
            "root_missing": Wrong(
                "(1 + t)/2 + x(1 - t^2)(1 + 0.134145 x^2)/2", "The factor √(2/π) of u' is missing."
            ),
            "not_squared": Wrong("(1 + t)/2 + x(1 - t)u'/2", "tanh' is 1 - tanh²."),
            "exact_form": Wrong("Phi(x) + x phi(x)", "That is the exact GELU's derivative."),
            "no_half": Wrong("1 + t + x(1 - t^2)u'", "The factor 1/2 is missing."),
        },
    ),
    FormulaTask(
        name="mish_derivative",
        question="Derive d/dx of Mish, x tanh(softplus(x)).",
        variables=(_X,),
        definitions=(
            _S,
            Definition("t", "tanh(softplus(x))", aliases="T"),
            Definition("sp", "softplus(x)"),
        ),
        bare_of={"tanh": "softplus(x)", "sech": "softplus(x)"},
        expected="tanh(softplus(x)) + x sigmoid(x) (1 - tanh(softplus(x))^2)",
        function="mish",
        notations=("t + x σ(x)(1 - t^2) with t = tanh(softplus(x))",),
        hints=(
            "A product, and a chain of three: tanh, softplus.",
            "softplus' is σ, tanh' is 1 - tanh².",
            "t + x (1 - t²) σ(x).",
        ),
        wrong={
            "chain_rule": Wrong(
                "t + x(1 - t^2)", "The inner derivative σ(x) of softplus is missing."
            ),
            "no_product_rule": Wrong("s(1 - t^2)", "The product rule is forgotten: x is a factor."),
            "first_term_only": Wrong("t", "The product rule has a second term."),
            "second_term_only": Wrong("x s(1 - t^2)", "The product rule has a first term."),
            "factor_x": Wrong("t + s(1 - t^2)", "The factor x of the second term is missing."),
            "sign": Wrong("t - x s(1 - t^2)", "The second term is added."),
            "not_squared": Wrong("t + x s(1 - t)", "tanh' is 1 - tanh²."),
            "sigmoid_derivative": Wrong("t + x s(1 - s)(1 - t^2)", "softplus' is σ, not σ'."),
            "complement": Wrong("t + x(1 - s)(1 - t^2)", "softplus' is σ(x), not 1 - σ(x)."),
            "tanh_of_x": Wrong("tanh(x) + x(1 - tanh(x)^2)", "softplus is missing inside tanh."),
            "function_itself": Wrong("x t", "That is Mish itself."),
        },
    ),
    FormulaTask(
        name="softsign_derivative",
        question="Derive d/dx of softsign, x/(1 + |x|).",
        variables=(_X,),
        definitions=(Definition("y", "x/(1 + abs(x))", aliases="f", function=""),),
        expected="1/(1 + abs(x))^2",
        function="softsign",
        notations=("1/(1 + |x|)^2", "(1 - |y|)^2 with y the output"),
        hints=(
            "The quotient rule, separately for x > 0 and x < 0.",
            "The derivative of |x| is x/|x|, so x times it is |x|.",
            "The top is 1 + |x| - |x|.",
        ),
        wrong={
            "not_squared": Wrong("1/(1 + abs(x))", "The quotient rule squares the denominator."),
            "absolute_lost": Wrong("1/(1 + x)^2", "|x| is not x: the bars are missing."),
            "square_inside": Wrong("1/(1 + x^2)", "(1 + |x|)² is not 1 + x²."),
            "sign": Wrong("-1/(1 + abs(x))^2", "The sign is wrong: softsign rises."),
            "sign_of_x": Wrong(
                "sign(x)/(1 + abs(x))^2", "softsign is odd, so its derivative is even."
            ),
            "function_itself": Wrong("x/(1 + abs(x))", "That is softsign itself."),
            "quotient_rule": Wrong(
                "(1 + abs(x) - x)/(1 + abs(x))^2", "The top is 1 + |x| - x · sign(x), which is 1."
            ),
            "tanh_rule": Wrong("1 - y^2", "1 - y² is the rule of tanh; softsign has (1 - |y|)²."),
            "minus_inside": Wrong("1/(1 - abs(x))^2", "The denominator is 1 + |x|."),
        },
    ),
]
