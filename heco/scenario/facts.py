"""From words to facts: distributions, tables, joint samples and price years of the parameters."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from heco.errors import ScenarioError, did_you_mean
from heco.evidence import prices
from heco.evidence.csvfile import Sheet, read_csv
from heco.evidence.distributions import FAMILIES, ArgumentsError, Joint, build
from heco.evidence.tables import Table
from heco.scenario.draft import Draft
from heco.scenario.files import RefusedFile, Shelf
from heco.scenario.places import Finding
from heco.scenario.schema_parameters import LookupTable, Parameter
from heco.scenario.schema_studies import Reviewed
from heco.scenario.toml_positions import Place

_WITH_COMPONENTS = frozenset(
    {"accuracy", *(key for key, family in FAMILIES.items() if issubclass(family, Joint))}
)


class Facts:
    """Reads what the parameters of a draft refer to, and notes what is wrong with it."""

    def __init__(self, draft: Draft, shelf: Shelf) -> None:
        self.draft = draft
        self.shelf = shelf
        self._paths: dict[tuple[str, Path | None], Path | None] = {}
        self._sheets: dict[Path, Sheet | None] = {}

    def gather(self) -> None:
        """Fill in distributions, components, tables, samples and price factors."""
        draft = self.draft
        for name, value in draft.merged.section("parameters").items():
            if isinstance(value, Mapping) and _WITH_COMPONENTS & value.keys():
                draft.components[name] = None
        index = self._index()
        for name, parameter in draft.parameters.items():
            factor = self._factor(name, parameter, index)
            if parameter.family:
                self._distribution(name, parameter, factor)
            elif parameter.table is not None:
                self._table(name, parameter.table, factor)
            elif parameter.samples is not None:
                self._samples(name, parameter, factor)
            elif parameter.pooled is not None or parameter.accuracy is not None:
                self._studies(name, parameter, factor)
        self._review()

    def _fault(self, place: Place, what: str, hint: str = "") -> None:
        self.draft.find(place, what, hint)
        self.draft.broken.add(place[:2])

    def _borrowed(self, error: ScenarioError, place: Place) -> None:
        """Note problems that evidence found; those without a file of their own get ours."""
        own = self.draft.merged.problem(Finding(place, ""))
        for problem in error.problems:
            if not problem.file:
                problem = dataclasses.replace(
                    problem, where=own.where, file=own.file, line=own.line
                )
            elif not problem.where:
                problem = dataclasses.replace(problem, where=f"for {own.where}")
            self.draft.problems.append(problem)
        self.draft.broken.add(place[:2])

    def _distribution(self, name: str, parameter: Parameter, factor: float) -> None:
        place = ("parameters", name, parameter.family)
        try:
            made = build(parameter.family, parameter.arguments)
        except ArgumentsError as error:
            for path, what, hint in error.problems:
                self._fault((*place, *_keys(path)), what, hint)
            return
        if made.components:
            self.draft.components[name] = made.components
        elif factor != 1.0:
            made = made.scaled(factor)
        self.draft.distributions[name] = made

    def _file(self, place: Place, name: str) -> Path | None:
        """Return the file that an entry names, read and remembered; None if it cannot be used."""
        source = self.draft.merged.source(place)
        key = (name, source.folder)
        if key in self._paths:
            return self._paths[key]
        self._paths[key] = None
        try:
            path = self.shelf.find(name, self.shelf.folder, source.folder)
            self.shelf.read(path, name)
        except RefusedFile as refused:
            self._fault(place, refused.what, refused.hint)
            return None
        self._paths[key] = path
        return path

    def label(self, name: str) -> str:
        """Return a file of evidence as the author of the first file would name it."""
        folder = os.path.dirname(self.draft.merged.root.label)  # noqa: PTH120 - may be relative
        return os.path.normpath(os.path.join(folder, name))  # noqa: PTH118

    def _sheet(self, place: Place, name: str) -> Sheet | None:
        path = self._file(place, name)
        if path is None:
            self.draft.broken.add(place[:2])
            return None
        if path not in self._sheets:
            self._sheets[path] = None
            try:
                self._sheets[path] = read_csv(path, self.label(name))
            except ScenarioError as error:
                self._borrowed(error, place)
        if self._sheets[path] is None:
            self.draft.broken.add(place[:2])
        return self._sheets[path]

    def _table(self, name: str, words: LookupTable, factor: float) -> None:
        place = ("parameters", name, "table")
        faults = list(_table_faults(words))
        for key, what, hint in faults:
            self._fault((*place, key) if key else place, what, hint)
        if faults:
            return
        columns = {"": words.column} if words.column else dict(words.columns)
        try:
            if words.values:
                keys, values = zip(*words.values, strict=True)
                table = Table.from_arrays(
                    words.by, keys, {"value": values}, words.lookup, words.beyond, name
                )
            else:
                path = self._file((*place, "file"), words.file)
                if path is None:
                    self.draft.broken.add(place[:2])
                    return
                table = Table.from_csv(
                    path, words.key or words.by, list(columns.values()), words.lookup,
                    words.beyond, self.label(words.file),
                )  # fmt: skip
            if words.mix:
                shares = {columns[group]: share for group, share in words.mix.items()}
                table = table.mixed(shares, words.mix_by, self._start(words))
        except ScenarioError as error:
            self._borrowed(error, place)
            return
        self.draft.tables[name] = table.scaled(factor) if factor != 1.0 else table

    def _start(self, words: LookupTable) -> float | None:
        """Return where the shares of a mix hold: at the start of the model."""
        return self.draft.time.start_age if words.by == "age" else 0.0

    def _samples(self, name: str, parameter: Parameter, factor: float) -> None:
        assert parameter.samples is not None
        place = ("parameters", name, "samples")
        sheet = self._sheet((*place, "file"), parameter.samples.file)
        if sheet is None:
            return
        column = parameter.samples.column
        if column not in sheet.columns:
            what = f'"{parameter.samples.file}" has no column "{column}"'
            self._fault((*place, "column"), what, did_you_mean(column, sheet.columns))
            return
        wrong = len(sheet.problems)
        values = sheet.numbers(column)
        if len(sheet.problems) > wrong:
            self._borrowed(ScenarioError(sheet.problems[wrong:][:20]), place)
            return
        self.draft.samples[name] = values * factor

    def _studies(self, name: str, parameter: Parameter, factor: float) -> None:
        from heco.scenario import studies  # pooling needs scipy, which is slow to import

        words = parameter.pooled or parameter.accuracy
        assert words is not None
        place = ("parameters", name, parameter.kind)
        path = self._file((*place, "studies"), words.studies)
        if path is None:
            self.draft.broken.add(place[:2])
            return
        label = self.label(words.studies)
        try:
            if parameter.pooled is not None:
                effect = studies.pooled(path, parameter.pooled, label)
                self.draft.distributions[name] = effect.scaled(factor)
            elif parameter.accuracy is not None:
                pair = studies.accuracy(path, parameter.accuracy, label)
                self.draft.components[name] = pair.components
                self.draft.distributions[name] = pair
        except ScenarioError as error:
            self._borrowed(error, place)
        except ValueError as error:  # a proportion in a price year
            self._fault((place[0], place[1], "price_year"), str(error), "Remove it.")

    def _review(self) -> None:
        """Read the files that say how far the evidence can be trusted."""
        words = self.draft.review
        if not (words.prisma or words.risk_of_bias or words.certainty):
            return
        from heco.evidence import certainty, flow, judgements

        found: dict[str, Any] = {}
        for key, field, read in (
            ("prisma", "flow", flow.read_flow),
            ("risk_of_bias", "judged", judgements.read_judgements),
            ("certainty", "certainty", certainty.read_certainty),
        ):
            name = getattr(words, key)
            path = self._file(("review", key), name) if name else None
            if path is not None:
                try:
                    found[field] = read(path, self.label(name))
                except ScenarioError as error:
                    self._borrowed(error, ("review", key))
        self.draft.reviewed = Reviewed(**found)
        known = self.draft.known("parameters")
        for line in self.draft.reviewed.certainty:
            if line.parameter and line.parameter not in known:
                what = f'"{line.outcome}" names "{line.parameter}", which is no parameter'
                self._fault(("review", "certainty"), what, did_you_mean(line.parameter, known))

    def _index(self) -> Mapping[str, float] | None:
        """Return the price index of [prices]; None if there is none or it cannot be used."""
        words = self.draft.prices
        if words is None:
            return None
        path = self._file(("prices", "file"), words.file)
        if path is None:
            return None
        try:
            index = prices.read_prices(path, self.label(words.file))
        except ScenarioError as error:
            self._borrowed(error, ("prices", "file"))
            return None
        if words.series not in index:
            what = f'"{words.file}" has no series "{words.series}"'
            self._fault(("prices", "series"), what, did_you_mean(words.series, index))
            return None
        years = index[words.series]
        if words.year not in years:
            self._no_year(("prices", "year"), words.year, years)
            return None
        return years

    def _no_year(self, place: Place, year: str, years: Mapping[str, float]) -> None:
        hint = did_you_mean(year, years)
        if years and not hint.startswith("Allowed"):
            hint = f"{hint} The index runs from {min(years)} to {max(years)}.".strip()
        self._fault(place, f'the price index has no year "{year}"', hint)

    def _factor(self, name: str, parameter: Parameter, index: Mapping[str, float] | None) -> float:
        """Return what a cost is multiplied by to be in the price year of the results."""
        words = self.draft.prices
        if index is None or words is None or not parameter.price_year or parameter.expr is not None:
            return 1.0
        if parameter.price_year not in index:
            self._no_year(("parameters", name, "price_year"), parameter.price_year, index)
            return 1.0
        factor = prices.factor(index, parameter.price_year, words.year)
        self.draft.price_factors[name] = factor
        return factor


def _keys(path: str) -> Place:
    """Return the keys of an argument's path: ``counts.well`` or ``ci95[1]``."""
    return tuple(key for key in path.replace("[", ".").replace("]", "").split(".") if key)


def _table_faults(words: LookupTable) -> Any:
    """Yield what does not go together in a table: key, what, hint."""
    if bool(words.file) == bool(words.values):
        hint = 'Write file = "..." with column, or values = [[0, 0.1], [1, 0.2]].'
        given = "both file and values are" if words.file else "neither file nor values is"
        yield "", f"{given} given; a table is one of them", hint
        return
    if words.values:
        for key in ("column", "columns", "key", "mix"):
            if getattr(words, key):
                yield key, f"{key} speaks of a file, but the table is given by values", "Remove it."
        return
    if bool(words.column) == bool(words.columns):
        given = "both column and columns are" if words.column else "neither column nor columns is"
        yield "", f"{given} given", 'Write column = "..." for the column that holds the value.'
    if words.columns and not words.mix:
        hint = f"Write mix = {{{', '.join(f'{key} = ...' for key in words.columns)}}}."
        yield "", "several columns are given, but not how they are mixed", hint
    if words.mix and words.column:
        yield "mix", "mix is about several columns", 'Write columns = {male = "...", ...}.'
    if words.columns and words.mix:
        for key in words.mix:
            if key not in words.columns:
                what = f'"{key}" is not one of the columns'
                yield "mix", what, did_you_mean(key, words.columns)
        for key in words.columns:
            if key not in words.mix:
                yield "mix", f'the share of "{key}" is missing', ""
        if any(not 0 <= share <= 1 for share in words.mix.values()):
            yield "mix", "a share must lie in [0, 1]", ""
    if words.mix_by == "survivors" and words.by not in ("age", "time"):
        yield "mix_by", f'"survivors" needs a table by age or time, not by {words.by}', ""
