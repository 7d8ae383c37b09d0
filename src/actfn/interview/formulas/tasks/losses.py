"""Losses behind softmax and sigmoid: cross-entropy, its gradients, entropy."""

from actfn.interview.formulas.shapes import COLUMN
from actfn.interview.formulas.task import Definition, FormulaTask, Variable, Wrong

_Z = Variable("z", "row", aliases="Z x X logits o u")
_Y = Variable("y", "onehot", aliases="Y t c target targets label labels y_true")
_P = Definition(
    "p",
    "softmax(z)",
    aliases="s S P q a yhat y_hat phat y_pred pred probs prob σ sigma π",
    function="",
    shape=COLUMN,
)
_LOGIT = Variable("z", aliases="x logit_z")
_LABEL = Variable("y", "unit", aliases="t Y target label")
_PROBABILITY = Definition("p", "sigmoid(z)", aliases="s a yhat y_hat q pred", function="sigmoid")

TASKS = [
    FormulaTask(
        name="cross_entropy_gradient",
        question=(
            "p = softmax(z), L = -Σ_k y_k log p_k with one-hot y. Derive ∂L/∂z, as a vector or by "
            "its entry i."
        ),
        variables=(_Z, _Y),
        definitions=(_P,),
        answer=COLUMN,
        indices="i",
        expected="p_i - y_i",
        notations=("p - y", "p_i - y_i", "softmax(z) - y", "p_i - 1 if i = y else p_i"),
        hints=(
            "Write log p_k = z_k - log Σ_j exp(z_j).",
            "Its derivative by z_i is δ_ki - p_i.",
            "Sum over k with -y_k: the y_k sum to 1.",
        ),
        wrong={
            "sign": Wrong("y - p", "The sign is wrong: L falls when the right logit rises."),
            "stops_at_p": Wrong("-y/p", "That is ∂L/∂p: the softmax's Jacobian is missing."),
            "plus_for_minus": Wrong("p + y", "It is a difference: it is 0 when p = y."),
            "no_softmax": Wrong("z - y", "z are logits: p = softmax(z) belongs there."),
            "extra_derivative": Wrong(
                "(p - y) p (1 - p)", "softmax' derivative is in p - y already."
            ),
            "diagonal_only": Wrong(
                "-y(1 - p)", "Only the diagonal of the Jacobian is used: all classes count."
            ),
            "logarithm": Wrong("log(p) - y", "It is p - y: the logarithm drops out."),
            "bce": Wrong("(p - y)/(p(1 - p))", "That is the binary loss by p."),
            "softmax_only": Wrong("p", "The target y is missing."),
            "doubled": Wrong("2(p - y)", "That is a squared error's factor 2."),
        },
    ),
    FormulaTask(
        name="cross_entropy_mean_gradient",
        question=(
            "A batch of N samples, p = softmax(z) for each, and L is the mean of the N "
            "cross-entropies. Derive ∂L/∂z for one sample, as a vector or by its entry i."
        ),
        variables=(_Z, _Y, Variable("N", "count", aliases="B m n batch batch_size")),
        definitions=(_P,),
        answer=COLUMN,
        indices="i",
        samples=True,
        expected="(p_i - y_i)/N",
        notations=("(p - y)/N", "(p_ni - y_ni)/N"),
        hints=(
            "For one sample's own loss it is p - y.",
            "L is 1/N times the sum of the losses.",
            "The other samples' losses do not depend on this z.",
        ),
        wrong={
            "missing_mean": Wrong("p - y", "L is the mean: a factor 1/N is missing."),
            "multiplied": Wrong("N (p - y)", "The mean divides by N."),
            "sign": Wrong("(y - p)/N", "The sign is wrong: p - y."),
            "only_p_divided": Wrong("p/N - y", "1/N multiplies the difference."),
            "only_y_divided": Wrong("p - y/N", "1/N multiplies the difference."),
            "stops_at_p": Wrong("-y/(N p)", "That is ∂L/∂p: the softmax's Jacobian is missing."),
            "divided_twice": Wrong("(p - y)/N^2", "The mean is taken once."),
            "no_softmax": Wrong("(z - y)/N", "z are logits: p = softmax(z) belongs there."),
        },
    ),
    FormulaTask(
        name="label_smoothing_gradient",
        question=(
            "Cross-entropy with label smoothing: the targets are (1 - ε) y_k + ε/K with one-hot y "
            "and K classes; p = softmax(z). Derive ∂L/∂z_i."
        ),
        variables=(
            _Z,
            _Y,
            Variable("ε", "unit", aliases="epsilon eps e_ls α alpha a"),
            Variable("K", "length", aliases="C n k classes"),
        ),
        definitions=(
            Definition("p", "softmax(z)", aliases="s S P q σ sigma", function="", shape=COLUMN),
        ),
        answer=COLUMN,
        indices="i",
        expected="p_i - (1 - ε) y_i - ε/K",
        notations=("p - (1 - ε)y - ε/K",),
        hints=(
            "The targets still sum to 1.",
            "So it is p minus the target, as without smoothing.",
            "p - ((1 - ε)y + ε/K).",
        ),
        wrong={
            "no_smoothing": Wrong("p - y", "The smoothed targets are missing."),
            "no_uniform": Wrong("p - (1 - ε) y", "The part ε/K of every class is missing."),
            "uniform_added": Wrong("p - (1 - ε) y + ε/K", "The whole target is subtracted."),
            "not_divided": Wrong("p - (1 - ε) y - ε", "ε is shared by the K classes: ε/K."),
            "not_reduced": Wrong("p - y - ε/K", "y is scaled by 1 - ε."),
            "sign": Wrong("(1 - ε) y + ε/K - p", "The sign is wrong: p minus the target."),
            "exchanged": Wrong("p - ε y - (1 - ε)/K", "ε and 1 - ε are exchanged."),
            "other_classes": Wrong(
                "p - (1 - ε) y - ε/(K - 1)", "Here ε/K goes to every class, the right one included."
            ),
        },
    ),
    FormulaTask(
        name="cross_entropy_probs_gradient",
        question="L = -Σ_k y_k log p_k. Derive ∂L/∂p_i, by the probabilities themselves.",
        variables=(
            Variable("p", "distribution", aliases="q s a yhat y_hat"),
            Variable("y", "onehot", aliases="t Y target"),
        ),
        answer=COLUMN,
        indices="i",
        expected="-y_i/p_i",
        notations=("-y/p", "-y_i/p_i"),
        hints=(
            "Only one term of the sum contains p_i.",
            "The derivative of log p_i is 1/p_i.",
            "-y_i times that.",
        ),
        wrong={
            "by_logits": Wrong("p - y", "That is by the logits, behind a softmax."),
            "sign": Wrong("y/p", "The minus of the loss is missing."),
            "upside_down": Wrong("-p_i y_i", "The derivative of log p is 1/p."),
            "logarithm": Wrong("-y log(p)", "That is the loss itself."),
            "no_target": Wrong("-1/p", "The factor y_i is missing: only the right class counts."),
            "binary": Wrong("(p - y)/(p(1 - p))", "That is the binary loss, with a second term."),
            "squared": Wrong("-y/p^2", "The derivative of log p is 1/p."),
        },
    ),
    FormulaTask(
        name="bce_logits_gradient",
        question=(
            "Binary cross-entropy L = -y log p - (1 - y) log(1 - p) with p = σ(z). Derive ∂L/∂z."
        ),
        variables=(_LOGIT, _LABEL),
        definitions=(_PROBABILITY,),
        expected="sigmoid(z) - y",
        notations=("σ(z) - y", "p - y"),
        hints=(
            "∂L/∂p = (p - y)/(p(1 - p)).",
            "∂p/∂z = p(1 - p).",
            "The two cancel.",
        ),
        wrong={
            "sign": Wrong("y - sigmoid(z)", "The sign is wrong: L falls when p nears y."),
            "by_probability": Wrong("(p - y)/(p(1 - p))", "That is ∂L/∂p: times p(1 - p)."),
            "extra_derivative": Wrong(
                "(p - y) p (1 - p)", "That is the squared error's; here σ' cancels."
            ),
            "no_sigmoid": Wrong("z - y", "z is a logit: σ(z) belongs there."),
            "stops_early": Wrong(
                "-y/p", "The second term, (1 - y)/(1 - p), and the chain rule are missing."
            ),
            "first_term_only": Wrong("-y(1 - p)", "The second term, (1 - y) p, is missing."),
            "complement": Wrong("1 - p - y", "It is p - y: p and 1 - p are exchanged."),
            "plus_for_minus": Wrong("p + y", "It is a difference: it is 0 when p = y."),
            "doubled": Wrong("2(p - y)", "That is a squared error's factor 2."),
        },
    ),
    FormulaTask(
        name="bce_probs_gradient",
        question=(
            "Binary cross-entropy L = -y log p - (1 - y) log(1 - p). Derive ∂L/∂p, by the "
            "probability itself."
        ),
        variables=(Variable("p", "unit", aliases="q s a yhat y_hat"), _LABEL),
        main="p",
        expected="(p - y)/(p (1 - p))",
        notations=("(p - y)/(p(1 - p))", "-y/p + (1 - y)/(1 - p)"),
        hints=(
            "Differentiate both terms.",
            "-y/p + (1 - y)/(1 - p).",
            "Bring both over p(1 - p).",
        ),
        wrong={
            "by_logit": Wrong("p - y", "That is by the logit z: ∂L/∂p has p(1 - p) below."),
            "sign": Wrong("(y - p)/(p(1 - p))", "The sign is wrong."),
            "first_term_only": Wrong("-y/p", "The second term, (1 - y)/(1 - p), is missing."),
            "inner_sign": Wrong("-y/p - (1 - y)/(1 - p)", "The inner derivative of 1 - p is -1."),
            "multiplied": Wrong("(p - y) p (1 - p)", "p(1 - p) is below the line."),
            "plus_below": Wrong("(p - y)/(p(1 + p))", "The denominator is p(1 - p)."),
            "loss_itself": Wrong("-y log(p) - (1 - y) log(1 - p)", "That is the loss itself."),
            "exchanged": Wrong("-(1 - y)/p + y/(1 - p)", "y and 1 - y are exchanged."),
        },
    ),
    FormulaTask(
        name="bce_logits_loss",
        question=(
            "Simplify L = -y log σ(z) - (1 - y) log(1 - σ(z)) to a form with one logarithm and no σ."
        ),
        variables=(_LOGIT, _LABEL),
        bare="",
        expected="max(z, 0) - z y + log(1 + exp(-abs(z)))",
        forbidden=dict.fromkeys(
            ("sigmoid", "log_sigmoid", "logit"),
            "Right, but asked with one logarithm and without σ.",
        ),
        notations=("log(1 + e^z) - yz", "max(z, 0) - zy + log(1 + e^-|z|)", "softplus(z) - yz"),
        hints=(
            "log σ(z) = -log(1 + e^-z), and log(1 - σ(z)) = -z - log(1 + e^-z).",
            "Collect the logarithms: the factors y and 1 - y sum to 1.",
            "log(1 + e^z) - yz.",
        ),
        wrong={
            "sign": Wrong("log(1 + exp(z)) + y z", "yz is subtracted: L falls with z when y = 1."),
            "positive_class": Wrong("log(1 + exp(-z)) - y z", "With e^-z it is + (1 - y) z."),
            "no_label": Wrong("log(1 + exp(z)) - z", "That is the case y = 1."),
            "softplus_only": Wrong("log(1 + exp(z))", "The term -yz is missing."),
            "absolute_only": Wrong("log(1 + exp(-abs(z))) - z y", "max(z, 0) is missing."),
            "no_absolute": Wrong("max(z, 0) - z y + log(1 + exp(-z))", "The exponent is -|z|."),
            "label_inside": Wrong(
                "log(1 + exp(z - y))", "y is a factor of z, outside the logarithm."
            ),
            "exchanged": Wrong("log(1 + exp(z)) - (1 - y) z", "y and 1 - y are exchanged."),
        },
    ),
    FormulaTask(
        name="squared_error_sigmoid_gradient",
        question="Squared error behind a sigmoid: L = (σ(z) - y)²/2. Derive ∂L/∂z.",
        variables=(_LOGIT, _LABEL),
        definitions=(_PROBABILITY,),
        expected="(sigmoid(z) - y) sigmoid(z) (1 - sigmoid(z))",
        notations=("(p - y) p (1 - p) with p = σ(z)",),
        hints=(
            "∂L/∂p = p - y.",
            "∂p/∂z = p(1 - p).",
            "This factor vanishes at both ends: why cross-entropy is preferred.",
        ),
        wrong={
            "chain_rule": Wrong("p - y", "That is cross-entropy's: here σ' = p(1 - p) stays."),
            "sign": Wrong("(y - p) p (1 - p)", "The sign is wrong."),
            "factor_two": Wrong("2 (p - y) p (1 - p)", "The 1/2 in front cancels the 2."),
            "half": Wrong("(p - y) p (1 - p)/2", "The 2 of the square cancels the 1/2."),
            "one_factor": Wrong("(p - y)(1 - p)", "σ' is p(1 - p): the factor p is missing."),
            "sigmoid_for_complement": Wrong("(p - y) p^2", "σ' is p(1 - p)."),
            "squared": Wrong("(p - y)^2 p (1 - p)", "The square's derivative is p - y, once."),
            "divided": Wrong("(p - y)/(p(1 - p))", "The chain rule multiplies by p(1 - p)."),
        },
    ),
]
