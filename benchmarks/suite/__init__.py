"""actfn's own speed over its history, for airspeed velocity; `actfn bench` races other libraries.

cd benchmarks && asv run --quick            the last commit
asv continuous --bench gelu HEAD~1 HEAD     one function, before and after
"""
