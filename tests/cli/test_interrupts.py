from __future__ import annotations

import os
import signal
import threading

import pytest

from labelfeed.cli.interrupts import Interrupts, interrupts


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def test_before_the_first_batch_there_is_nothing_to_keep(monkeypatch, capfd):
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", codes.append)
    with interrupts():
        press()
    assert codes == [130] and "nothing is saved" in capfd.readouterr().err


def test_a_run_that_is_saved_is_scored_under_the_usual_ctrl_c(capfd):
    with interrupts() as stop:
        stop()
        stop.training = False
        stop.release()
        with pytest.raises(KeyboardInterrupt):
            press()
    assert capfd.readouterr().err == ""


def test_the_first_is_a_request_and_the_second_ends_the_process(monkeypatch, capfd):
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", codes.append)
    with interrupts() as stop:
        assert not stop()
        press()
        assert stop() and codes == []
        press()
    assert codes == [130]
    said = capfd.readouterr().err.split("\n")
    assert [line for line in said if line] == [
        "Interrupted: the training ends after this batch; Ctrl-C again stops at once.",
        "Interrupted: nothing is saved.",
    ]


def test_the_second_is_raised_while_the_run_is_saved(monkeypatch, capfd):
    monkeypatch.setattr(os, "_exit", lambda code: pytest.fail("half a run would be left"))
    with interrupts() as stop:
        stop()
        stop.training = False
        press()
        assert stop.asked and "is being saved" in capfd.readouterr().err
        with pytest.raises(KeyboardInterrupt):
            press()


def test_the_handler_of_before_is_there_again():
    before = signal.getsignal(signal.SIGINT)
    with interrupts():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


def test_another_thread_and_a_process_that_ignores_it_are_left_alone():
    found: list[object] = []

    def work() -> None:
        with interrupts() as stop:
            found.append(stop())

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [False]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interrupts() as stop:
            press()
            assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN and not stop()
    finally:
        signal.signal(signal.SIGINT, before)


def test_quiet_says_nothing(capfd):
    stop = Interrupts(quiet=True)
    stop()
    stop.handle(signal.SIGINT, None)
    assert stop.asked and capfd.readouterr().err == ""
