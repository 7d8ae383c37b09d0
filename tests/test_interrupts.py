"""Ctrl-C that is put off."""

import signal
import threading

import pytest

from actfn.interrupts import uninterrupted


@pytest.fixture(autouse=True)
def interruptible():
    """Where tests run in the background, Ctrl-C is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


def test_the_block_is_finished_first():
    done = []

    def keep():
        with uninterrupted():
            press_ctrl_c()
            done.append("kept")

    with pytest.raises(KeyboardInterrupt):
        keep()
    assert done == ["kept"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_blocks_within_blocks_wait_for_the_outer_one():
    done = []

    def keep():
        with uninterrupted():
            with uninterrupted():
                press_ctrl_c()
            done.append("kept")

    with pytest.raises(KeyboardInterrupt):
        keep()
    assert done == ["kept"]


def test_an_error_in_the_block_comes_first():
    def fail():
        with uninterrupted():
            press_ctrl_c()
            raise ValueError("the disk is full")

    with pytest.raises(ValueError, match="full"):
        fail()


def test_what_is_ignored_stays_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with uninterrupted():
        press_ctrl_c()


def test_another_thread_is_not_asked():
    failed = []

    def work():
        try:
            with uninterrupted():
                pass
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert failed == []
