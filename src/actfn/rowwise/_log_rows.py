"""log_softmax and logsumexp on arrays: the kernels' calls."""

from actfn.kernels.rows import RowKernel

_MODULE = "actfn.rowwise._kernels.log_softmax"
LOG_SOFTMAX = RowKernel("log_softmax", _MODULE, "x:items out:items temperature:number")
LOGSUMEXP = RowKernel("logsumexp", _MODULE, "x:items out:doubles temperature:number")


def caller(kernel, temperature):
    """What `by_rows` calls."""

    def call(sources, results):
        rows = sources[0]
        kernel(rows.dtype, *rows.shape, x=rows, out=results[0], temperature=temperature)

    return call
