# ruff: noqa: E501 - the rows of a Markdown table cannot be broken
"""The hand-written first part of the language manual; `heco.scenario.manual` writes the rest."""

INTRODUCTION = """\
# The language of scenarios

A scenario is one [TOML](https://toml.io) file that says what is decided, what is known, how the
model works and what is asked. This page is all of the language. It is written by
`python -m heco.scenario.manual`, from the same texts that check a file, so it cannot promise what
is not accepted.

`heco init NAME` writes a scenario to begin with. `heco check FILE` lists everything that is wrong
with one, all at once, by file and line. `heco show FILE` prints it with all that it extends.
`heco schema` prints a JSON Schema: editors that know TOML then complete and explain every key.

## A complete example

```toml
[decision]
question   = "Is a screening test worth its cost?"
comparator = "usual_care"
wtp        = [20_000, 30_000]

[time]
cycle     = "1 year"
horizon   = "20 years"
start_age = 60
discount  = {cost = 0.035, qaly = 0.035}

[parameters.prevalence]
label  = "Ill without knowing it"
unit   = "probability"
beta   = {events = 40, n = 1000}
source = "survey2019, Table 1"

[parameters.sensitivity]
label  = "Sensitivity of the test"
unit   = "probability"
beta   = {mean = 0.9, se = 0.03}
source = "accuracy2020, p. 4"

[parameters.r_death_ill]
label  = "Death, ill and untreated"
unit   = "rate per year"
gamma  = {events = 30, exposure = 600}
source = "cohort2018, Table 3"

[parameters.hr_treated]
label     = "Hazard ratio of death on treatment"
unit      = "ratio"
lognormal = {median = 0.7, ci95 = [0.55, 0.89]}
source    = "trial2020, Figure 2"

[parameters.r_death_treated]
label = "Death, on treatment"
unit  = "rate per year"
expr  = "hr_treated * r_death_ill"

[parameters.c_test]
label  = "Cost of a test"
unit   = "GBP"
fixed  = 15
source = "assumption: list price"

[parameters.c_drug]
label  = "Cost of a year of treatment"
unit   = "GBP"
gamma  = {mean = 400, se = 40}
source = "tariff2023"

[tree.test]
found  = {p = "prevalence * sensitivity", cost = "c_test", count = "treated", to = "treated"}
missed = {p = "prevalence * (1 - sensitivity)", cost = "c_test", to = "ill"}
well   = {p = "rest", cost = "c_test", to = "well"}

[tree.no_test]
ill  = {p = "prevalence", to = "ill"}
well = {p = "rest", to = "well"}

[states]
well    = {utility = 0.85}
ill     = {utility = 0.7}
treated = {utility = 0.75, cost = "where(time < 5, c_drug, 0)"}
dead    = {absorbing = true}

[transitions]
well    = {dead = "prob(0.01)", well = "rest"}
ill     = {dead = "prob(r_death_ill)", ill = "rest"}
treated = {dead = "prob(r_death_treated)", treated = "rest"}

[strategies]
usual_care = {label = "Usual care", enters = "no_test"}
screening  = {label = "Test everybody", enters = "test"}

[checks]
same_at_entry = [["ill", "treated"]]

[analysis]
psa       = {draws = 2_000, seed = 1}
threshold = {solve = {parameter = "c_test", low = 0, high = 500}}
```

## The ideas

**Nouns and sentences.** Every quantity is a named entry with a label, a unit and a source. The
family of a distribution *is* the key (`beta = {...}`). Rows name their destinations, so nothing
is found by its position in a matrix, and one new state touches few lines.

**Parameters are facts or formulas.** A fact is a distribution, a `fixed` number, a `table` or
joint `samples`, and has a source; `source = "assumption: why"` is allowed, and counted. An `expr`
is derived from other parameters in every draw, so what must be coherent is coherent by
construction. It has no source, because it is nothing new.

**The word `rest`** is what the other branches of a node, moves of a row or starting shares leave.
One entry of each may be the rest.

**The tree comes first.** Everybody enters it at the node that their strategy names, at time 0.
Branches multiply their probabilities, add up their costs and QALYs, and lead to other nodes or
end in states. Where there are no states, branches just end.

**The cohort model follows.** People go on from the states in which the tree left them, or start
in the states that `starts` names. Each row says how the people of one state move in one cycle. A
state without a row is absorbing, and says so. An absorbing state without utility and cost is
death: time there counts as no life years.

**Strategies set levers.** What a decision may change is marked `lever = true`. What describes the
population is no lever: strategies that quietly treat other people cannot be compared. A branch of
the tree may `set` any parameter that the tree uses, for the people who take it; the cohort does
not remember branches, so what differs afterwards needs states of its own. Either way
`set = {x = "x * 1.1"}` means the x outside, and everything derived from x follows.

**Groups are run one by one.** People who differ all their lives (men and women, ages, risk) are
`[groups]`: each has a share, may `set` any parameter and start at its own age. The model is run
for each, and everything that is reported is the mean over the groups, with results by group
beside.

**Questions are keys.** The base case is always answered. The presence of a key under `[analysis]`
asks a further question.

## Time

- Durations are text with a unit: `"1 year"`, `"6 months"`, `"1/52 year"`, `"24 hours"`. A year is
  12 months, 365.25 days or 8,766 hours; a week is 7 days, so a model whose year has 52 weeks has
  cycles of `"1/52 year"`. A horizon may also be `"20 cycles"`, or `"lifetime"` (to `end_age`).
- Time runs in years from the decision. Cycle 1 runs from 0 to L years, cycle 2 from L to 2L.
- Probabilities of a row are read at the start of each cycle: there `cycle` is 1, 2, 3, ...,
  `time` is (cycle - 1) L, and `age` is `start_age + time`.
- Costs and utilities of states are read at the side on which people are counted:
  `"start"` reads the start of the cycle, `"end"` the moment just before its end, `"half-cycle"`
  and `"life-table"` both, averaged. So `where(time < 2, c_drug, 0)` charges exactly two years,
  however people are counted.
- A plain cost or utility of a state is per year: in a cycle of one month a twelfth of it falls.
  Where a published model states values per cycle, say `values = "per cycle"` under `[time]`, or
  `{value = ..., per = "cycle"}` for one of them.
- A cost with `timing = "start"` is paid in full by everyone who is in the state when a cycle
  begins (a pack dispensed) and never half-cycle corrected. Costs of moves and of coming into a
  state fall when people move: at the side on which people are counted, in the middle of the cycle
  for half-cycle and life-table counting.
- What happens in the tree falls at time 0, or `at` a stated date. One-offs of a strategy likewise.
- `state_time` is the time since people came into their state, in years (0 in the first cycle
  there), and `state_cycle` counts the cycles there, from 1. Rows and values of a state may use
  them: the state is then expanded into one tunnel state for each cycle, up to `track`.

## From a published model to a scenario

| The paper says | Write |
|---|---|
| a matrix of probabilities per cycle | one `[transitions.STATE]` row each; the diagonal is `"rest"` |
| a yearly probability, but the cycle is shorter | `"per_cycle(p)"` (constant rate within the year) |
| a probability over five years | `"rescale(p, 5, cycle_length)"` |
| a rate | `"prob(r)"`; if several exits compete, `{rate = "r"}` for each of them |
| two competing risks of death | add the rates: `"prob(r_other + r_disease)"` |
| a mortality table | `table = {file = "...", by = "age", column = "qx"}`, then `"per_cycle(p_die)"` |
| a standardised mortality ratio, a hazard ratio | `"prob(smr * rate(p_die))"` or `"apply_hr(p, hr)"` |
| a relative risk | `"apply_rr(p, rr)"`; a draw in which it exceeds 1 is counted, not hidden |
| an effect that lasts two years | `"where(time < 2, rr, 1)"` |
| a Weibull curve of shape 1.5 and scale 12 (or another family) | a derived parameter `s = "surv_weibull(time, 1.5, 12)"`, then `"prob_between(s, at(s, time + cycle_length))"` |
| a Kaplan-Meier curve, read off a figure | `km = {table = {by = "time", lookup = "linear", values = [[0, 1], ...]}}`, then `"prob_between(km, at(km, time + cycle_length))"` |
| the risk of people five years older | `"at(q, age + 5)"` |
| strokes per 1,000, events averted | `stroke = {p = "p_stroke", count = "strokes"}` on the move, and a measure `"1000 * share.strokes"` |
| life years spent in a state | a measure `"life_years.ill"`, or `"life_years_undiscounted.ill"` |
| subgroups by sex, age or risk, weighted | `[groups.women]`: `share = 0.5`, `start_age = 60`, `set = {q = "q_women"}` |
| utilities from a normal distribution, some above 1 | `[checks] utility_above_one = "report"` |
| risk by time since an event | `state_time` in the row, or a table `by = "state_time"` |
| half-cycle correction of costs and effects | `cycle_counting = "half-cycle"` (the default) |
| no half-cycle correction | `cycle_counting = "start"` or `"end"`: which of them, the paper must say |
| costs at the start, effects half-cycle corrected | `cycle_counting = {cost = "start", qaly = "half-cycle"}` |
| a discount rate that falls after 30 years | `discount = {cost = [{rate = 0.035}, {rate = 0.03, after = "30 years"}], qaly = 0.015}` |
| the first year is not discounted | `discounting = "first-year-free"` |
| each cycle discounted at its end | `cycle_counting = "end"`, or `discount_timing = "cycle-end"` |
| a mean and its standard deviation among n people | `{mean = ..., sd = ..., n = ...}` |
| "95% CI 0.49 to 0.84" of a ratio | `lognormal = {median = 0.64, ci95 = [0.49, 0.84]}` |
| no measure of uncertainty, "plus or minus 20%" | `{mean = ..., assumed_cv = 0.1}`; it is labelled as a judgement |
| partitioned survival, subgroups, vaccination, a cure, switches | see `docs/structures.md` |
| totals per strategy only | no tree and no states: `one_off = [{cost = 1234, qaly = 5.6}]` |
| the result to reproduce | `[published.NAME]`, with `printed = "6276"` exactly as printed |
"""
