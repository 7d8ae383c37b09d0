"""Softmax with a temperature T, and distillation."""

from actfn.interview.formulas.shapes import COLUMN, MATRIX
from actfn.interview.formulas.task import Definition, FormulaTask, Variable, Wrong

_Z = Variable("z", "row", aliases="Z x X logits o u")
_T = Variable("T", "positive", aliases="τ tau temp temperature")
_P = Definition(
    "p", "softmax(z/T)", aliases="s S P q a σ sigma π yhat phat", function="", shape=COLUMN
)
_N = Variable("n", "length", aliases="K C V d classes num_classes")
_DISTILLATION = (
    Variable("z", "row", aliases="z_s zs x logits"),
    Variable("v", "row", aliases="z_t zt u w"),
    _T,
)
_STUDENT_TEACHER = (
    Definition("q", "softmax(z/T)", aliases="s q_s Q student", function="", shape=COLUMN),
    Definition("p", "softmax(v/T)", aliases="t p_t P y teacher", function="", shape=COLUMN),
)

TASKS = [
    FormulaTask(
        name="softmax_temperature_jacobian",
        question="With a temperature, p = softmax(z/T). Derive ∂p_i/∂z_j.",
        variables=(_Z, _T),
        definitions=(_P,),
        answer=MATRIX,
        indices="ij",
        expected="p_i (δ_ij - p_j) / T",
        notations=("p_i(δ_ij - p_j)/T", "(diag(p) - p p^T)/T"),
        hints=(
            "Put u = z/T and use the Jacobian of softmax(u).",
            "Chain rule: ∂u/∂z = 1/T.",
            "The entry is 1/T times the one without temperature.",
        ),
        wrong={
            "missing_temperature": Wrong("p_i(δ_ij - p_j)", "The inner derivative 1/T is missing."),
            "multiplied": Wrong("T p_i(δ_ij - p_j)", "The inner derivative of z/T is 1/T, not T."),
            "squared_temperature": Wrong(
                "p_i(δ_ij - p_j)/T^2", "The inner derivative 1/T comes once."
            ),
            "sign": Wrong("p_i(p_j - δ_ij)/T", "The sign is wrong."),
            "no_delta": Wrong("-p_i p_j/T", "On the diagonal p_i comes on top: δ_ij is missing."),
            "only_diagonal": Wrong("p_i(1 - p_i)/T", "That is the diagonal only."),
            "delta_only_divided": Wrong("p_i(δ_ij/T - p_j)", "1/T multiplies the whole bracket."),
            "sign_off_diagonal": Wrong("p_i(δ_ij + p_j)/T", "It is δ_ij minus p_j."),
        },
    ),
    FormulaTask(
        name="softmax_temperature_derivative",
        question="p = softmax(z/T). Derive ∂p_i/∂T, the derivative by the temperature.",
        variables=(_Z, _T),
        definitions=(_P,),
        answer=COLUMN,
        indices="i",
        expected="-p_i (z_i - sum_k p_k z_k) / T^2",
        notations=("p_i(Σ_k p_k z_k - z_i)/T^2",),
        hints=(
            "u = z/T depends on T by ∂u_k/∂T = -z_k/T².",
            "Chain rule over all k: Σ_k p_i(δ_ik - p_k) ∂u_k/∂T.",
            "-p_i/T² times z_i minus the mean of z under p.",
        ),
        wrong={
            "sign": Wrong("p_i(z_i - sum_k p_k z_k)/T^2", "The derivative of 1/T is -1/T²."),
            "temperature_not_squared": Wrong("-p_i(z_i - sum_k p_k z_k)/T", "1/T gives -1/T²."),
            "missing_temperature": Wrong(
                "-p_i(z_i - sum_k p_k z_k)", "The factor 1/T² is missing."
            ),
            "no_mean": Wrong("-p_i z_i/T^2", "The sum in the denominator depends on T too."),
            "unweighted": Wrong("-p_i(z_i - sum_k z_k)/T^2", "The sum has the weights p_k."),
            "diagonal_only": Wrong("-p_i(1 - p_i) z_i/T^2", "All logits are divided by T."),
            "no_factor": Wrong("-(z_i - sum_k p_k z_k)/T^2", "The factor p_i is missing."),
            "plus_for_minus": Wrong("-p_i(z_i + sum_k p_k z_k)/T^2", "The mean is subtracted."),
        },
    ),
    FormulaTask(
        name="softmax_low_temperature",
        question=(
            "p = softmax(z/T), and one logit is the largest. What is p_i in the limit T → 0?"
        ),
        variables=(_Z,),
        answer=COLUMN,
        indices="i",
        expected="1 if i = argmax(z) else 0",
        notations=("onehot(argmax(z))", "1 if i = argmax(z) else 0", "1{z_i = max_k z_k}"),
        hints=(
            "Divide top and bottom by the largest exponential.",
            "exp((z_i - max z)/T) goes to 0 unless z_i is the largest.",
            "What is left is one-hot.",
        ),
        definitions=(
            Definition("n", "count(z)", aliases="K C V"),
            Definition("uniform", "1/count(z)"),
        ),
        wrong={
            "uniform": Wrong("1/n", "That is the limit T → ∞."),
            "softmax": Wrong("softmax(z)_i", "That is T = 1."),
            "smallest": Wrong("1 if z_i = min_k z_k else 0", "The largest logit wins."),
            "zero": Wrong("0", "The entries still sum to 1."),
            "one": Wrong("1", "The entries sum to 1: only one of them is 1."),
            "maximum": Wrong("max(z)", "The output is a probability: 1 at the largest logit."),
            "swapped": Wrong("0 if i = argmax(z) else 1", "The two cases are exchanged."),
        },
    ),
    FormulaTask(
        name="softmax_high_temperature",
        question="p = softmax(z/T) of n logits. What is p_i in the limit T → ∞?",
        variables=(_Z, _N),
        definitions=(Definition("uniform", "1/count(z)"),),
        answer=COLUMN,
        indices="i",
        expected="1/n",
        notations=("1/n", "uniform"),
        hints=(
            "z_i/T goes to 0.",
            "exp(0) is 1 for every entry.",
            "n equal entries that sum to 1.",
        ),
        wrong={
            "one_hot": Wrong("1 if i = argmax(z) else 0", "That is the limit T → 0."),
            "softmax": Wrong("softmax(z)_i", "That is T = 1."),
            "zero": Wrong("0", "The entries still sum to 1."),
            "one": Wrong("1", "exp(0) = 1 is divided by the sum, which is n."),
            "count": Wrong("n", "1 is divided by the sum n."),
            "half": Wrong("1/2", "That is the case of two classes."),
            "proportional": Wrong("z_i/sum_k z_k", "The logits do not matter any more."),
        },
    ),
    FormulaTask(
        name="cross_entropy_temperature_gradient",
        question="p = softmax(z/T), L = -Σ_k y_k log p_k with one-hot y. Derive ∂L/∂z_i.",
        variables=(_Z, Variable("y", "onehot", aliases="Y t c target label"), _T),
        definitions=(_P,),
        answer=COLUMN,
        indices="i",
        expected="(p_i - y_i)/T",
        notations=("(p - y)/T",),
        hints=(
            "Without temperature it is p - y.",
            "Put u = z/T: ∂u/∂z = 1/T.",
            "(p - y) times the inner derivative.",
        ),
        wrong={
            "missing_temperature": Wrong("p - y", "The inner derivative 1/T is missing."),
            "multiplied": Wrong("T (p - y)", "The inner derivative of z/T is 1/T, not T."),
            "squared_temperature": Wrong("(p - y)/T^2", "1/T comes once."),
            "sign": Wrong("(y - p)/T", "The sign is wrong: p - y."),
            "only_p_divided": Wrong("p/T - y", "1/T multiplies the difference."),
            "only_y_divided": Wrong("p - y/T", "1/T multiplies the difference."),
            "without_softmax_rule": Wrong("-y/(p T)", "That stops at ∂L/∂p."),
            "no_temperature_in_p": Wrong("(softmax(z) - y)/T", "p is softmax(z/T)."),
        },
    ),
    FormulaTask(
        name="distillation_gradient",
        question=(
            "Distillation: q = softmax(z/T) is the student, p = softmax(v/T) the teacher, and "
            "L = T² KL(p || q) = T² Σ_k p_k log(p_k/q_k). Derive ∂L/∂z_i, by the student's logits."
        ),
        variables=_DISTILLATION,
        definitions=_STUDENT_TEACHER,
        answer=COLUMN,
        indices="i",
        expected="T (q_i - p_i)",
        notations=("T(q - p)", "T(softmax(z/T) - softmax(v/T))"),
        hints=(
            "Only -Σ p_k log q_k depends on z: a cross-entropy with soft targets.",
            "Its gradient by z/T is q - p, by z it is (q - p)/T.",
            "T² in front cancels one T.",
        ),
        wrong={
            "without_square": Wrong("(q - p)/T", "T² in front is forgotten: T² · 1/T = T."),
            "missing_temperature": Wrong("q - p", "T² · 1/T leaves one factor T."),
            "squared_temperature": Wrong("T^2 (q - p)", "The inner derivative 1/T is missing."),
            "sign": Wrong("T (p - q)", "The sign is wrong: student minus teacher."),
            "teacher_not_softened": Wrong(
                "T (q - softmax(v))", "The teacher has the temperature too."
            ),
            "student_not_softened": Wrong(
                "T (softmax(z) - p)", "The student has the temperature too."
            ),
            "logits": Wrong("z - v", "That is the limit of large T, up to a factor."),
            "stops_at_q": Wrong("-T^2 p/q", "That is the gradient by q, not by the logits."),
            "plus_for_minus": Wrong(
                "T (q + p)", "It is a difference: it is 0 when student = teacher."
            ),
        },
    ),
    FormulaTask(
        name="kl_temperature_gradient",
        question=(
            "q = softmax(z/T) is the student, p the teacher's distribution, L = KL(p || q), without "
            "any factor in front. Derive ∂L/∂z_i."
        ),
        variables=(
            Variable("z", "row", aliases="z_s zs x logits"),
            Variable("p", "distribution", aliases="t p_t P y teacher"),
            _T,
        ),
        definitions=(
            Definition("q", "softmax(z/T)", aliases="s q_s Q student", function="", shape=COLUMN),
        ),
        answer=COLUMN,
        indices="i",
        expected="(q_i - p_i)/T",
        notations=("(q - p)/T",),
        hints=(
            "Only -Σ p_k log q_k depends on z.",
            "By u = z/T the gradient is q - p.",
            "The inner derivative of z/T is 1/T.",
        ),
        wrong={
            "missing_temperature": Wrong("q - p", "The inner derivative 1/T is missing."),
            "multiplied": Wrong("T (q - p)", "That is with T² in front of the loss."),
            "squared_temperature": Wrong("(q - p)/T^2", "1/T comes once."),
            "sign": Wrong("(p - q)/T", "The sign is wrong: student minus teacher."),
            "logarithms": Wrong("(log(q_i) - log(p_i))/T", "The logarithms drop out: q - p."),
            "stops_at_q": Wrong("-p/q", "That is the gradient by q, not by the logits."),
            "reversed": Wrong("q_i log(q_i/p_i)/T", "That is a term of the divergence itself."),
        },
    ),
]
