"""One JSON Schema for scenario files, from the records and the distribution families.

Editors complete and explain keys from it. It says what a file may look like; what a scenario must
mean is checked by `heco.scenario.checks`.
"""

from __future__ import annotations

from typing import Any, get_args

from pydantic.json_schema import models_json_schema

from heco.evidence.distributions import FAMILIES, json_schema
from heco.scenario.assemble import KINDS, RECORDS
from heco.scenario.places import NAMED, NESTED, SECTIONS
from heco.scenario.presets import DISCOUNT_PRESETS
from heco.scenario.render import FILLED_IN
from heco.scenario.schema import Counting
from heco.scenario.schema_discount import RATE_SCHEMA

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAME = "^[A-Za-z_][A-Za-z0-9_]*$"
_FORMULA: Schema = {"type": ["string", "number"], "description": "A number or a formula."}
_FILES: Schema = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


#: Lists for which a single element may stand.
LISTED = (
    ("Threshold", "solve"),
    ("Assurance", "solve"),
    ("Sensitivity", "method"),
    ("Analysis", "two_way"),
)


def document_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a scenario file."""
    defs = _definitions()
    properties: Schema = {
        "extends": {**_FILES, "description": "Files that this one builds on, relative to it."},
        "drop": {
            "type": "array",
            "items": {"type": "string"},
            "description": 'Inherited entries that are removed: ["strategies.universal"].',
        },
    }
    for section in SECTIONS:
        record = {"$ref": f"#/$defs/{RECORDS[section].__name__}"}
        doc = " ".join((RECORDS[section].__doc__ or "").split())
        if section in NAMED:
            record = _table_of(record)
        elif section in NESTED:
            record = _table_of(_table_of(record))
        properties[section] = {**record, "description": doc}
    return {
        "$schema": _DIALECT,
        "title": "heco scenario",
        "description": "A decision problem for heco: what is compared, what is known, what is "
        "asked.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": defs,
    }


def _table_of(record: Schema) -> Schema:
    return {
        "type": "object",
        "additionalProperties": record,
        "propertyNames": {"pattern": _NAME},
    }


def _definitions() -> Schema:
    """Return the records' schemas, with what their readers also accept."""
    models = [(record, "validation") for record in dict.fromkeys(RECORDS.values())]
    _, made = models_json_schema(models, ref_template="#/$defs/{model}")  # type: ignore[arg-type]
    defs: Schema = _plain(made["$defs"])
    for name, keys in FILLED_IN.items():
        for key in keys:
            defs[name]["properties"].pop(key)
    _parameter(defs["Parameter"])
    value, move = {"$ref": "#/$defs/Value"}, defs["Move"]
    costs = {"anyOf": [_FORMULA, {"type": "object", "additionalProperties": _FORMULA}]}
    for name in ("Branch", "OnEntry", "Move", "OneOff"):
        defs[name]["properties"]["cost"].update(costs)
    defs["State"]["properties"]["cost"].update(
        {"anyOf": [_FORMULA, {"type": "object", "additionalProperties": value}]}
    )
    move["oneOf"] = [{"required": ["p"]}, {"required": ["rate"]}]
    defs["Measure"]["oneOf"] = [{"required": ["value"]}, {"required": ["ratio"]}]
    for record, key in LISTED:
        listed = defs[record]["properties"][key]
        one = listed["items"]
        listed["anyOf"] = [one, {"type": "array", "items": one}]
        del listed["items"], listed["type"]
    _alternative(defs["Alternative"])
    # What may stand for a whole table.
    words: dict[str, Schema] = {
        "Value": _FORMULA,
        "Move": _FORMULA,
        "Solve": {"type": "string"},
        "Axis": {"type": "string"},
        "Precision": {"const": True},
        "Voi": {"const": True},
        "VoiPopulation": {"type": "number"},
        "CountingBy": {"enum": list(get_args(Counting))},
        "Discount": {"anyOf": [{"enum": list(DISCOUNT_PRESETS)}, *RATE_SCHEMA["anyOf"]]},
    }
    for name, word in words.items():
        table = defs[name]
        defs[name] = {"description": table.pop("description", ""), "anyOf": [word, table]}
    for unused in ("Number", "Name", "Call", "Duration"):  # read from text, never written
        defs.pop(unused, None)
    return defs


def _parameter(schema: Schema) -> None:
    """Add the distribution families, of which, with the other kinds, exactly one is needed."""
    for key in FAMILIES:
        meaning = (FAMILIES[key].__doc__ or "").strip().splitlines()[0]
        schema["properties"][key] = {"description": meaning, **json_schema(key)}
    schema["oneOf"] = [{"required": [kind]} for kind in KINDS]


def _alternative(schema: Schema) -> None:
    """Let the parts of an alternative be what the sections of the same name are."""
    for key, name in (("decision", "Decision"), ("time", "Time"), ("population", "Population")):
        about = schema["properties"][key]["description"]
        schema["properties"][key] = {"$ref": f"#/$defs/{name}", "description": about}
    entries = schema["properties"]["parameters"]
    entries["additionalProperties"] = {"$ref": "#/$defs/Parameter"}


def _plain(schema: Any) -> Any:
    """Return a schema in TOML's terms: no null, no invented titles, descriptions on one line."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema if item != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    plain: Schema = {}
    for key, item in schema.items():
        if (key == "title" and isinstance(item, str)) or (key == "default" and item is None):
            continue
        if key == "default" and isinstance(item, dict):
            item = {word: part for word, part in item.items() if part is not None}
        plain[key] = " ".join(item.split()) if key == "description" else _plain(item)
    choices = plain.get("anyOf")
    if isinstance(choices, list) and len(choices) == 1:
        plain.update(plain.pop("anyOf")[0])
    return plain
