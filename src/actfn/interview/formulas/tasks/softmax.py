"""Softmax, log-softmax and logsumexp, and their Jacobians."""

from actfn.interview.formulas.shapes import COLUMN, MATRIX
from actfn.interview.formulas.task import Definition, FormulaTask, Variable, Wrong

_Z = Variable("z", "row", aliases="Z x X logits o u")
_P = Definition(
    "p", "softmax(z)", aliases="s S P q a y σ sigma π yhat y_hat phat", function="", shape=COLUMN
)
_ENTRY_WRONG = {
    "sign_off_diagonal": Wrong(
        "p_i(1 - p_i) if i = j else p_i p_j",
        "The entries beside the diagonal are negative: -p_i p_j.",
    ),
    "no_delta": Wrong("-p_i p_j", "On the diagonal p_i comes on top: the δ_ij is missing."),
    "only_diagonal": Wrong("p_i(1 - p_i)", "That is the diagonal, i = j, only."),
    "zero_off_diagonal": Wrong(
        "p_i(1 - p_i) if i = j else 0",
        "Every output depends on every input: beside the diagonal it is -p_i p_j.",
    ),
    "sign": Wrong("p_i(p_j - δ_ij)", "The sign is wrong: p_i(δ_ij - p_j)."),
    "plus_for_minus": Wrong("p_i(δ_ij + p_j)", "It is δ_ij minus p_j."),
    "delta_outside": Wrong("δ_ij - p_i p_j", "δ_ij is multiplied by p_i too."),
    "no_factor": Wrong("δ_ij - p_j", "That is log-softmax' Jacobian: the factor p_i is missing."),
    "diagonal_squared": Wrong("p_i(1 - p_i)^2 if i = j else -p_i p_j", "One factor 1 - p_i."),
    "diagonal_not_reduced": Wrong("p_i if i = j else -p_i p_j", "The diagonal is p_i - p_i²."),
    "not_a_product": Wrong(
        "p_i(1 - p_i) if i = j else -p_i", "Beside the diagonal it is -p_i p_j."
    ),
    "swapped": Wrong("-p_i p_j if i = j else p_i(1 - p_i)", "The two cases are exchanged."),
    "squares": Wrong("p_i δ_ij - p_i^2", "The second term is p_i p_j, not p_i²."),
    "logits": Wrong("z_i(δ_ij - z_j)", "That has the inputs z where the outputs p belong."),
}

TASKS = [
    FormulaTask(
        name="softmax_jacobian_entry",
        question=(
            "Softmax is p_i = exp(z_i) / Σ_k exp(z_k). Derive ∂p_i/∂z_j, in one formula with the "
            "Kronecker delta δ_ij or by the cases i = j and i ≠ j."
        ),
        variables=(_Z,),
        definitions=(_P,),
        answer=MATRIX,
        indices="ij",
        expected="p_i (δ_ij - p_j)",
        notations=("p_i(δ_ij - p_j)", "p_i(1 - p_i) if i = j else -p_i p_j"),
        hints=(
            "Quotient rule with top exp(z_i) and bottom Σ_k exp(z_k).",
            "The derivative of the top is exp(z_i) if i = j and 0 otherwise.",
            "Divide by the sum twice: p_i δ_ij - p_i p_j.",
        ),
        wrong=_ENTRY_WRONG,
    ),
    FormulaTask(
        name="softmax_jacobian_diagonal",
        question="Softmax p = softmax(z): what is ∂p_i/∂z_j for i = j?",
        variables=(_Z,),
        definitions=(_P,),
        answer=MATRIX,
        indices="ij",
        only_where="i = j",
        expected="p_i (1 - p_i)",
        notations=("p_i(1 - p_i)",),
        hints=(
            "Quotient rule: the top depends on z_i too.",
            "exp(z_i)/Σ minus (exp(z_i)/Σ)².",
            "It looks like the sigmoid's derivative.",
        ),
        wrong={
            "off_diagonal": Wrong("-p_i p_j", "That is the case i ≠ j."),
            "not_reduced": Wrong("p_i", "The bottom of the quotient depends on z_i too."),
            "sign": Wrong("p_i(p_i - 1)", "The sign is wrong."),
            "plus_for_minus": Wrong("p_i(1 + p_i)", "The second factor is 1 - p_i."),
            "both_one_minus": Wrong("(1 - p_i)^2", "One factor is p_i."),
            "one_factor": Wrong("1 - p_i", "The factor p_i is missing."),
            "tanh_rule": Wrong("1 - p_i^2", "1 - y² is the rule of tanh."),
            "squared": Wrong("p_i^2(1 - p_i)", "The factor p_i occurs once."),
        },
    ),
    FormulaTask(
        name="softmax_jacobian_off_diagonal",
        question="Softmax p = softmax(z): what is ∂p_i/∂z_j for i ≠ j?",
        variables=(_Z,),
        definitions=(_P,),
        answer=MATRIX,
        indices="ij",
        only_where="i != j",
        expected="-p_i p_j",
        notations=("-p_i p_j",),
        hints=(
            "Quotient rule: the top does not depend on z_j.",
            "What is left is minus top times exp(z_j) over the sum squared.",
            "Each of the two is an output.",
        ),
        wrong={
            "sign": Wrong(
                "p_i p_j", "The minus is missing: raising z_j lowers every other output."
            ),
            "zero": Wrong("0", "z_j is in the sum, so every output depends on it."),
            "diagonal": Wrong("p_i(1 - p_i)", "That is the case i = j."),
            "one_factor": Wrong("-p_i", "The factor p_j is missing."),
            "other_factor": Wrong("-p_j", "The factor p_i is missing."),
            "square": Wrong("-p_i^2", "One of the two factors is p_j."),
            "other_square": Wrong("-p_j^2", "One of the two factors is p_i."),
            "complement": Wrong("-p_i(1 - p_j)", "It is -p_i p_j."),
            "difference": Wrong("p_i(1 - p_j)", "It is -p_i p_j: δ_ij is 0 here."),
        },
    ),
    FormulaTask(
        name="softmax_jacobian",
        question="Write the whole Jacobian ∂p/∂z of p = softmax(z) as a matrix.",
        variables=(_Z,),
        definitions=(_P,),
        answer=MATRIX,
        indices="ij",
        expected="diag(p) - p p^T",
        notations=("diag(p) - p p^T", "diag(p) - outer(p, p)"),
        hints=(
            "Its entry is p_i δ_ij - p_i p_j.",
            "p_i δ_ij is the entry of a diagonal matrix.",
            "p_i p_j is the entry of an outer product.",
        ),
        wrong={
            **_ENTRY_WRONG,
            "sign": Wrong("p p^T - diag(p)", "The sign is wrong: diag(p) comes first."),
            "plus_for_minus": Wrong("diag(p) + p p^T", "The outer product is subtracted."),
            "no_delta": Wrong("-p p^T", "The diagonal matrix diag(p) is missing."),
            "only_diagonal_matrix": Wrong("diag(p)", "The outer product p p^T is missing."),
            "inner_product": Wrong("diag(p) - p^T p", "p^T p is a number; the matrix is p p^T."),
            "delta_outside": Wrong(
                "I - p p^T", "It is diag(p), not the identity: δ_ij is multiplied by p_i too."
            ),
            "one_minus": Wrong("diag(1 - p) - p p^T", "It is diag(p)."),
        },
    ),
    FormulaTask(
        name="softmax_backward",
        question=(
            "p = softmax(z), and g = ∂L/∂p has arrived from above. Write ∂L/∂z, as a vector or by "
            "its entry i, without building the Jacobian."
        ),
        variables=(_Z, Variable("g", "row", aliases="G dy dp dout grad grad_output d v")),
        definitions=(
            Definition(
                "p",
                "softmax(z)",
                aliases="s S P q a y σ sigma π yhat y_hat phat",
                function="",
                shape=COLUMN,
            ),
        ),
        answer=COLUMN,
        indices="i",
        expected="p_i (g_i - sum_k p_k g_k)",
        notations=("p ⊙ (g - p·g)", "p_i(g_i - Σ_k p_k g_k)", "p*(g - sum(p*g))"),
        hints=(
            "Chain rule: sum over all outputs, g_k ∂p_k/∂z_i.",
            "Put p_k(δ_ki - p_i) in and take the sum apart.",
            "p_i g_i - p_i Σ_k p_k g_k.",
        ),
        wrong={
            "elementwise": Wrong(
                "p_i(1 - p_i) g_i", "Only the diagonal is used: all outputs count."
            ),
            "sign": Wrong("p_i(sum_k p_k g_k - g_i)", "The sign is wrong."),
            "plus_for_minus": Wrong("p_i(g_i + sum_k p_k g_k)", "The mean of g is subtracted."),
            "no_weights": Wrong("p_i(g_i - sum_k g_k)", "The sum has the weights p_k."),
            "no_factor": Wrong("g_i - sum_k p_k g_k", "The factor p_i in front is missing."),
            "first_term_only": Wrong("p_i g_i", "The second term, -p_i Σ_k p_k g_k, is missing."),
            "unweighted_first": Wrong("g_i - p_i sum_k g_k", "That is log-softmax' backward."),
            "cross_entropy": Wrong("p_i - g_i", "p - y holds for cross-entropy only."),
        },
    ),
    FormulaTask(
        name="log_softmax_jacobian",
        question="Derive ∂/∂z_j of log p_i, with p = softmax(z).",
        variables=(_Z,),
        definitions=(_P,),
        answer=MATRIX,
        indices="ij",
        expected="δ_ij - p_j",
        notations=("δ_ij - p_j", "1 - p_i if i = j else -p_j"),
        hints=(
            "log p_i = z_i - log Σ_k exp(z_k).",
            "The first term gives δ_ij.",
            "The second is the gradient of logsumexp.",
        ),
        wrong={
            "softmax": Wrong("p_i(δ_ij - p_j)", "That is softmax' Jacobian: divide by p_i."),
            "wrong_index": Wrong("δ_ij - p_i", "The index of the input counts: p_j."),
            "sign": Wrong("p_j - δ_ij", "The sign is wrong."),
            "plus_for_minus": Wrong("δ_ij + p_j", "p_j is subtracted."),
            "no_delta": Wrong("-p_j", "The derivative of z_i itself, δ_ij, is missing."),
            "only_diagonal": Wrong("1 - p_i", "Beside the diagonal there is no 1."),
            "logarithm": Wrong("δ_ij - log(p_j)", "The gradient of logsumexp is p, not log p."),
            "chain_rule": Wrong("1/p_i", "The inner derivative ∂p_i/∂z_j is missing."),
            "identity_only": Wrong("δ_ij", "logsumexp depends on z_j too."),
        },
    ),
    FormulaTask(
        name="logsumexp_gradient",
        question="Derive ∂/∂z_i of logsumexp, log Σ_k exp(z_k).",
        variables=(_Z,),
        definitions=(_P,),
        answer=COLUMN,
        indices="i",
        expected="exp(z_i) / sum_k exp(z_k)",
        notations=("softmax(z)", "exp(z_i)/Σ_k exp(z_k)", "p_i with p = softmax(z)"),
        hints=(
            "One over the sum, times the derivative of the sum.",
            "Only one term of the sum contains z_i.",
            "You know that quotient.",
        ),
        wrong={
            "chain_rule": Wrong("1/sum_k exp(z_k)", "The inner derivative exp(z_i) is missing."),
            "no_denominator": Wrong("exp(z_i)", "Divide by the sum."),
            "logarithm": Wrong("log(p_i)", "That is log-softmax; the gradient is softmax itself."),
            "softmax_derivative": Wrong("p_i(1 - p_i)", "That is the second derivative."),
            "sign": Wrong("-p_i", "The sign is wrong: logsumexp rises in every z_i."),
            "one": Wrong("1", "That is the sum of all entries."),
            "sum_of_logits": Wrong("z_i/sum_k z_k", "The exponentials are missing."),
            "complement": Wrong(
                "1 - p_i", "That is the derivative of log p_i with its sign turned."
            ),
        },
    ),
    FormulaTask(
        name="softmax_of_two",
        question="For two classes with logits z_1 and z_2: write the softmax of the first with σ.",
        variables=(
            Variable("z_1", aliases="z1 a x_1 x1 x"),
            Variable("z_2", aliases="z2 b x_2 x2"),
        ),
        bare="",
        expected="sigmoid(z_1 - z_2)",
        forbidden={"exp": "Right, but asked with σ."},
        notations=("σ(z_1 - z_2)",),
        hints=(
            "Divide top and bottom by exp(z_1).",
            "1/(1 + exp(z_2 - z_1)).",
            "That is σ of a difference.",
        ),
        wrong={
            "sign": Wrong(
                "sigmoid(z_2 - z_1)", "That is the second class: the sign of the difference."
            ),
            "first_only": Wrong("sigmoid(z_1)", "That is the case z_2 = 0."),
            "sum": Wrong("sigmoid(z_1 + z_2)", "It depends on the difference of the logits."),
            "quotient": Wrong("sigmoid(z_1/z_2)", "It depends on the difference of the logits."),
            "two_sigmoids": Wrong("sigmoid(z_1) - sigmoid(z_2)", "One σ of the difference."),
            "normalised": Wrong(
                "sigmoid(z_1)/(sigmoid(z_1) + sigmoid(z_2))",
                "Softmax normalises exponentials, not σ.",
            ),
            "doubled": Wrong("sigmoid(2(z_1 - z_2))", "The argument is the difference itself."),
        },
    ),
]
