"""The entropy of a softmax."""

from actfn.interview.formulas.shapes import COLUMN
from actfn.interview.formulas.task import Definition, FormulaTask, Variable, Wrong

_Z = Variable("z", "row", aliases="Z x X logits o u")

TASKS = [
    FormulaTask(
        name="entropy_gradient",
        question="Entropy H = -Σ_k p_k log p_k. Derive ∂H/∂p_i, all p_k taken as independent.",
        variables=(Variable("p", "distribution", aliases="q P"),),
        definitions=(Definition("H", "-sum_k p_k log(p_k)"),),
        answer=COLUMN,
        indices="i",
        expected="-log(p_i) - 1",
        notations=("-(log p_i + 1)", "-1 - log p_i"),
        hints=(
            "Only one term of the sum contains p_i.",
            "It is a product: p_i times log p_i.",
            "log p_i + p_i · 1/p_i.",
        ),
        wrong={
            "no_product_rule": Wrong("-log(p_i)", "The product rule gives a second term, p · 1/p."),
            "sign": Wrong("log(p_i) + 1", "The minus of H is missing."),
            "minus_for_plus": Wrong("1 - log(p_i)", "Both terms have the minus."),
            "only_reciprocal": Wrong("-1/p_i", "That differentiates log p alone."),
            "term_itself": Wrong("-p_i log(p_i)", "That is the term of H itself."),
            "times_p": Wrong("-p_i(log(p_i) + 1)", "The factor p_i is gone."),
            "reciprocal_added": Wrong("-log(p_i) - 1/p_i", "p · 1/p is 1."),
        },
    ),
    FormulaTask(
        name="entropy_logit_gradient",
        question=(
            "p = softmax(z), and H = -Σ_k p_k log p_k is its entropy. Derive ∂H/∂z_i (H may be used)."
        ),
        variables=(_Z,),
        definitions=(
            Definition("p", "softmax(z)", aliases="s P q", function="", shape=COLUMN),
            Definition("H", "-sum_k softmax(z)_k log(softmax(z)_k)", aliases="entropy"),
        ),
        answer=COLUMN,
        indices="i",
        expected="-p_i (log(p_i) + H)",
        notations=("-p_i(log p_i + H)",),
        hints=(
            "∂H/∂p_k = -(log p_k + 1), then the softmax's Jacobian.",
            "The constant 1 drops out, since Σ_k p_k(δ_ki - p_i) = 0.",
            "-p_i times log p_i minus its mean, and the mean is -H.",
        ),
        wrong={
            "sign": Wrong("p_i(log(p_i) + H)", "The sign is wrong."),
            "minus_for_plus": Wrong("-p_i(log(p_i) - H)", "The mean of log p is -H: plus H."),
            "constant_kept": Wrong("-p_i(log(p_i) + 1)", "The Jacobian subtracts the mean, -H."),
            "no_factor": Wrong("-(log(p_i) + H)", "The factor p_i is missing."),
            "by_probabilities": Wrong("-log(p_i) - 1", "That is by p, not by the logits."),
            "diagonal_only": Wrong("-p_i(1 - p_i)(log(p_i) + 1)", "Only the diagonal is used."),
            "no_mean": Wrong("-p_i log(p_i)", "The mean is subtracted: + H in the bracket."),
        },
    ),
]
