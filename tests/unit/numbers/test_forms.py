"""Forms of numbers: counts, expressions, check digits; and what is no form."""

from __future__ import annotations

import pickle
import random
import re

import pytest

from realtime.numbers.automaton import TooLarge, both, of_length
from realtime.numbers.form import FormError, parse_form
from realtime.numbers.pattern import compiled


@pytest.mark.parametrize(
    ("form", "fitting", "others"),
    [
        ("6", ["000000", "123456"], ["", "12345", "1234567"]),
        ("2-4", ["12", "123", "1234"], ["1", "12345"]),
        ("(6)", ["6"], ["66", "123456"]),
        ("luhn", ["18", "79927398713", "4539148803436467"], ["0", "79927398710", "4539148803436468", ""]),
        ("luhn:16", ["4539148803436467"], ["79927398713", "4539148803436468"]),
        ("LUHN:11-12", ["79927398713"], ["4539148803436467"]),
        ("ean13", ["4006381333931", "9783161484100"], ["4006381333930", "400638133393"]),
        ("isbn13", ["9783161484100"], ["4006381333931", "9783161484101"]),
        ("ean8", ["73513537"], ["73513536", "7351353"]),
        ("upca", ["036000291452"], ["036000291453"]),
        ("1|22?", ["1", "2", "22"], ["", "12"]),
        ("1*", ["1", "111"], ["", "12"]),
    ],
)
def test_what_fits_and_what_does_not(form, fitting, others):
    found = parse_form(form)
    assert [text for text in fitting if not found.fits(text)] == []
    assert [text for text in others if found.fits(text)] == []


@pytest.mark.parametrize(
    ("form", "shortest", "longest"),
    [
        ("6", 6, 6),
        ("4-8", 4, 8),
        ("luhn", 2, None),
        ("ean8", 8, 8),
        ("1+2?", 1, None),
        ("(12){2,3}", 4, 6),
        ("5*", 1, None),
    ],
)
def test_the_lengths_of_a_form_are_known(form, shortest, longest):
    assert (parse_form(form).shortest, parse_form(form).longest) == (shortest, longest)


PATTERNS = [
    r"[12]\d{5}",
    r"(1|23)*4+",
    r"0?[1-9].?|77",
    r"[^05-7]{1,2}(8{0}9|)",
    r"(?:12){2,}3*",
    r"((1?)*2)+",
    r"1{,3}".replace("{,", "{0,"),
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_expressions_accept_what_python_accepts(pattern):
    automaton, expected = compiled(pattern), re.compile(pattern)
    chance = random.Random(pattern)
    texts = ["".join(chance.choices("0123456789", k=chance.randrange(8))) for _ in range(3000)]
    texts += ["".join(chance.choices("12349", k=chance.randrange(8))) for _ in range(3000)]
    wrong = [text for text in texts if automaton.accepts(text) != bool(expected.fullmatch(text))]
    assert wrong == []


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("", "an empty form"),
        ("1\n2", "no line breaks"),
        ("0", "from 1 to 64"),
        ("8-4", "from 1 to 64"),
        ("65", "from 1 to 64"),
        ("isbn10", "known are luhn, ean8"),
        ("luhn:", "a count of digits: luhn:16"),
        ("luhn:x", "a count of digits: luhn:16"),
        ("ean8:9", "no number is of that form"),
        ("(12", "not closed (at sign 4)"),
        ("12)", "nothing is open"),
        ("[12", "between [ and ]"),
        ("[a]", "between [ and ]"),
        ("[3-1]", "3-1 ends before it begins"),
        ("1{2", "{2,4}"),
        ("1{4,2}", "{4,2} ends before it begins"),
        ("*1", "nothing before it"),
        ("1**", "nothing before it"),
        ("\\w+", "neither a digit nor a sign that is known"),
        ("^1$", "neither a digit nor a sign that is known"),
        ("٣", "neither a digit nor a sign that is known"),
        ("1(?=2)", "'?' has nothing before it"),
        ("[^0-9]", "no number is of that form"),
        ("()", "no number is of that form"),
        (".*1.{15}", "too many kinds of number"),
        ("(.{60}){60}", "too many kinds of number"),
        ("(((1{99}){99}){99})", "too many kinds of number"),
        ("(" * 150 + "1" + ")" * 150, "longer than 200 signs"),
    ],
)
def test_what_is_no_form_is_refused_in_one_line(form, said):
    with pytest.raises(FormError) as refused:
        parse_form(form)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_a_form_goes_to_another_process():
    assert pickle.loads(pickle.dumps(parse_form("luhn:16"))).fits("4539148803436467")


def test_an_automaton_of_too_many_states_is_refused():
    with pytest.raises(TooLarge):
        both(compiled("(\\d{61})*"), of_length(1, 5000))
