"""Large arrays over several threads."""

import threading

import pytest

from actfn.kernels import threads


@pytest.fixture(params=[1, 2, 5])
def count(request):
    before = threads.get_num_threads()
    threads.set_num_threads(request.param)
    yield request.param
    threads.set_num_threads(before)


@pytest.mark.parametrize("length", [0, 1, 2, 3, 17, 1000])
@pytest.mark.parametrize("elements", [0, threads.MINIMUM, 100 * threads.MINIMUM])
def test_every_item_is_visited_once(count, length, elements):
    seen = []
    threads.share(length, elements, lambda first, last: seen.extend(range(first, last)))
    assert sorted(seen) == list(range(length))


def test_whoever_is_free_takes_the_next_part(count):
    """While one thread is stuck in the first part, the others do all the rest."""
    done, rest = [], threading.Event()

    def work(first, last):
        if first == 0 and count > 1:
            assert rest.wait(10)
        done.append(last - first)
        if first > 0 and last == 1000:
            rest.set()

    threads.share(1000, 1000 * threads.MINIMUM, work)
    assert sum(done) == 1000
    assert done[-1] == 1000 // (2 * count) if count > 1 else done == [1000]


def test_an_error_is_raised_and_nothing_more_is_begun(count):
    begun = []

    def work(first, last):
        begun.append(first)
        raise RuntimeError(f"at {first}")

    with pytest.raises(RuntimeError, match="at "):
        threads.share(1000, 1000 * threads.MINIMUM, work)
    assert len(begun) <= count
