"""Whose callbacks prove to work, and for how long they are believed to."""

from __future__ import annotations

from bot.services.pacing import KEPT, TRUSTED_AFTER, Ears

MODEL = "seedance-2.0"


def end(ears: Ears, job_id: int, *, heard: bool) -> None:
    if heard:
        ears.heard(job_id)
    ears.looked("ark", MODEL, job_id, over=True)


def test_some_ends_in_a_row_that_were_heard_earn_trust_and_one_unheard_ends_it() -> None:
    ears = Ears()
    for job_id in range(TRUSTED_AFTER):
        assert not ears.trust("ark", MODEL)
        end(ears, job_id, heard=True)
    assert ears.trust("ark", MODEL)
    assert not ears.trust("kling", MODEL)
    end(ears, 99, heard=False)
    assert not ears.trust("ark", MODEL)


def test_a_callback_of_an_earlier_step_does_not_count_for_the_end() -> None:
    ears = Ears()
    for job_id in range(TRUSTED_AFTER):
        ears.heard(job_id)
        ears.looked("ark", MODEL, job_id, over=False)
        end(ears, job_id, heard=False)
    assert not ears.trust("ark", MODEL)


def test_only_so_many_are_remembered() -> None:
    ears = Ears()
    for job_id in range(KEPT + 1):
        ears.heard(job_id)
    ears.looked("ark", MODEL, 0, over=True)
    assert ears._in_a_row == {("ark", MODEL): 0}


def test_calls_for_one_model_say_nothing_of_another_which_may_have_none() -> None:
    ears = Ears()
    for job_id in range(TRUSTED_AFTER):
        end(ears, job_id, heard=True)
    assert ears.trust("ark", MODEL)
    assert not ears.trust("ark", "seedance-2.5")
