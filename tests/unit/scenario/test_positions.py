import time
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heco.scenario.places import where
from heco.scenario.toml_positions import DEEPEST, positions, too_deep
from heco.scenario.toml_writer import key, value

TEXT = '''\
# a comment with [brackets] and "quotes"
extends = ["base.toml",
           "more.toml"]   # over two lines

[decision]
title = "not a # comment = [at all]"
note  = """
first
[not.a.header]
key = "no key"
"""

[parameters.p_a]
beta = {events = 3, n = 10}
"quoted key" = 1
[parameters."p.b"]
fixed = 0.5

[tree]
test.yes = {p = "a", set = {x = "y"}}
test.no.p = "rest"

[strategies.all]
one_off = [
  {cost = 1},  # the first
  {cost = {set_up = 2}, at = "1 year"},
]
literal = 'a\\'
[[strategies.many.one_off]]
cost = 1
[[strategies.many.one_off]]
cost = 2
'''


def line_of(*place):
    return positions(TEXT)[place].line


def test_keys_headers_and_elements():
    assert line_of("extends") == 2
    assert line_of("extends", "1") == 3
    assert line_of("decision") == 5
    assert line_of("decision", "title") == 6
    assert line_of("decision", "note") == 7
    assert line_of("parameters", "p_a") == 13
    assert line_of("parameters", "p_a", "beta", "n") == 14
    assert line_of("parameters", "p_a", "quoted key") == 15
    assert line_of("parameters", "p.b", "fixed") == 17


def test_dotted_keys_and_inline_tables():
    assert line_of("tree", "test") == 20
    assert line_of("tree", "test", "yes", "set", "x") == 20
    assert line_of("tree", "test", "no", "p") == 21


def test_arrays_over_lines():
    assert line_of("strategies", "all", "one_off", "1") == 26
    assert line_of("strategies", "all", "one_off", "1", "cost", "set_up") == 26
    assert line_of("strategies", "all", "literal") == 28


def test_arrays_of_tables():
    assert line_of("strategies", "many", "one_off", "0", "cost") == 30
    assert line_of("strategies", "many", "one_off", "1", "cost") == 32


def test_nothing_in_a_text_is_taken_for_a_key():
    assert {"key", "header", "not"}.isdisjoint(step for place in positions(TEXT) for step in place)


def test_every_key_of_the_parser_is_found():
    def keys(item, path=()):
        pairs = item.items() if isinstance(item, dict) else enumerate(item)
        for step, inner in pairs:
            yield (*path, str(step))
            if isinstance(inner, dict | list):
                yield from keys(inner, (*path, str(step)))

    assert set(keys(tomllib.loads(TEXT))) == set(positions(TEXT))


@given(st.text(max_size=60))
def test_any_text_is_survived(text):
    positions(text)
    too_deep(text)


leaves = st.one_of(st.integers(), st.booleans(), st.text(max_size=6), st.floats(allow_nan=False))
names = st.text(max_size=6)
documents = st.dictionaries(
    names,
    st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    ),
    max_size=4,
)


@given(documents)
def test_written_documents_are_read_back_and_located(document):
    text = "".join(f"{key(name)} = {value(item)}\n" for name, item in document.items())
    assert tomllib.loads(text) == document
    found = positions(text)
    for line, name in enumerate(document, 1):
        assert found[(name,)].line == line


def test_deep_nesting_is_noticed_at_once():
    start = time.perf_counter()
    assert too_deep("x = " + "[" * 100_000) == 1
    assert too_deep("\n[" + "a." * 100_000 + "a]") == 2
    assert too_deep("a." * 100_000 + "a = 1") == 1
    assert too_deep("x = " + "{a = " * 100_000) == 1
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    "text",
    [
        'x = "' + "[" * 200 + '"',
        "x = '" + "[" * 200 + "'",
        'x = """' + "[\n" * 200 + '"""',
        "# " + "[" * 200,
        'x = "' + "a." * 200 + '"',
        "x = " + "[" * DEEPEST + "]" * DEEPEST,
        "word" * 100_000 + " = 1",
    ],
)
def test_ordinary_texts_are_not_deep(text):
    assert too_deep(text) is None


@pytest.mark.parametrize(
    ("place", "header", "words"),
    [
        (("transitions", "well", "dead"), None, "[transitions.well] dead"),
        (("transitions", "well", "dead"), ("transitions",), "[transitions] well.dead"),
        (("time", "cycle"), None, "[time] cycle"),
        (("parameters", "p"), None, "[parameters.p]"),
        (("parameters", "p", "beta", "n"), ("parameters", "p"), "[parameters.p] beta.n"),
        (("tree", "t", "yes", "p"), ("tree", "t", "yes"), "[tree.t.yes] p"),
        (("decision", "wtp", "1"), ("decision",), "[decision] wtp[1]"),
        (("strategies",), None, "[strategies]"),
        (("extends", "0"), (), "extends[0]"),
        ((), None, ""),
    ],
)
def test_places_in_words(place, header, words):
    assert where(place, header) == words
