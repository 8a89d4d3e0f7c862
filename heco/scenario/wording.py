"""Values in words, and what to try where another kind of value is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from heco.scenario.foreign import number_in


def shown(value: object) -> str:
    """Return a value as TOML writes it, cut short if it is long."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str):
        text = '"' + value.replace("\n", " ") + '"'
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key} = {shown(item)}" for key, item in value.items()) + "}"
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(shown(item) for item in value) + "]"
    else:
        text = str(value)
    return text if len(text) <= 70 else text[:67] + "..."


def kind_of(value: object) -> str:
    """Return what a value is, for a sentence: ``the text "0.5"``."""
    words = {bool: "", str: "the text ", int: "the number ", float: "the number "}
    if isinstance(value, dict):
        return f"the table {shown(value)}"
    if isinstance(value, list | tuple):
        return f"the list {shown(value)}"
    return words.get(type(value), "the date or time ") + shown(value)


def quote(value: object) -> str:
    """Return the hint for a number where a text is needed."""
    return f'Write it in quotes: "{value}".' if isinstance(value, int | float) else ""


def true_or_false(value: object) -> str:
    """Return the hint where true or false is needed."""
    return "Write true or false, without quotes." if isinstance(value, str | int) else ""


def unquote(value: object) -> str:
    """Return the hint for a number that was written as a text."""
    number = number_in(value) if isinstance(value, str) else ""
    return f"Write the number without quotes: {number}." if number else ""


def braces(value: object) -> str:
    """Return the hint where a table is needed."""
    return "Write {key = value, ...}." if isinstance(value, str | int | float | list) else ""


def brackets(value: object) -> str:
    """Return the hint where a list is needed."""
    if isinstance(value, dict):
        return "Put it in square brackets: [{...}]."
    return f"Write [{shown(value)}]." if isinstance(value, str | int | float) else ""


#: Kind of error -> how to say the limit, and its key in the details.
BOUNDS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}

#: Beginning of a kind of error -> what is needed, and the hint for a value.
TYPES: Mapping[str, tuple[str, Callable[[object], str]]] = {
    "string": ("a text is needed", quote),
    "bool": ("true or false is needed", true_or_false),
    "int": ("a whole number is needed", unquote),
    "model": ("a table is needed", braces),
    "dict": ("a table is needed", braces),
    "tuple": ("a list is needed", brackets),
    "list": ("a list is needed", brackets),
}
