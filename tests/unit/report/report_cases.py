"""Small scenarios that bend the pages in every direction."""

from __future__ import annotations

NASTY = "<script>alert(1)</script> & \"quotes\" $x_1$ 'single' {{ 7 * 7 }}"

#: An author who writes HTML, templates and formulas into every text.
HOSTILE = f"""
[decision]
title = '''{NASTY}'''
question = '''Is {NASTY} worth it?'''
population = '''{NASTY}'''
perspective = '''{NASTY}'''
comparator = "a"
wtp = [20_000, 30_000]
[time]
cycle = "1 year"
horizon = "3 years"
[population]
label = '''people {NASTY}'''
starts = {{ well = 1 }}
[parameters.p]
label = '''{NASTY}'''
unit = "probability"
beta = {{ events = 3, n = 10 }}
source = '''assumption: {NASTY}'''
note = '''{NASTY}'''
[parameters.on]
label = "on"
fixed = 0
lever = true
source = "set by strategies"
[states]
well = {{ label = '''{NASTY}''', utility = 0.8, cost = {{ drug = "100 * on" }} }}
ill = {{ utility = 0.5 }}
[transitions.well]
ill = "p * where(on > 0, 0.5, 1)"
well = "rest"
[transitions.ill]
ill = "rest"
[strategies]
a = {{ label = '''{NASTY} a''' }}
b = {{ label = '''{NASTY} b''', set = {{ on = 1 }} }}
[measures.costs]
label = '''{NASTY}'''
unit = '''{NASTY}'''
note = '''{NASTY}'''
value = "cost"
[published.costs]
quantity = "costs"
strategy = "b"
printed = "250"
label = '''{NASTY}'''
source = '''{NASTY}'''
note = '''{NASTY}'''
[analysis]
psa = {{ draws = 50 }}
tornado = {{ outcome = "inmb" }}
threshold = {{ solve = ["p"] }}
"""

#: One strategy, nothing to compare with, no uncertainty.
ALONE = """
[decision]
question = "What does care cost?"
[tree.start]
ill = { p = 0.2, cost = 100 }
well = { p = "rest" }
[strategies.care]
enters = "start"
"""

#: Costs only, in another currency, without a threshold.
COSTS_ONLY = """
[decision]
question = "Which is cheaper?"
currency = "CHF"
comparator = "a"
[tree.start]
ill = { p = 0.2, cost = { visit = "c" } }
well = { p = "rest" }
[parameters.c]
label = "Price"
unit = "CHF"
gamma = { mean = 120, se = 10 }
source = "book, p. 1"
[parameters.extra]
label = "Extra"
fixed = 0
lever = true
source = "set by strategies"
[tree.pay]
all = { p = 1, cost = "extra", to = "start" }
[strategies]
a = { enters = "pay" }
b = { enters = "pay", set = { extra = 7 } }
[analysis]
psa = { draws = 40 }
"""

#: Six strategies, life years, a savings category, very long words.
MANY = """
[decision]
title = "Many"
question = "Which of six?"
comparator = "s0"
option = "s3"
wtp = [15_000]
effect = "life_years"
[time]
cycle = "1 month"
horizon = "2 years"
[population]
starts = { alive = 1 }
[parameters.r]
label = "Supercalifragilisticexpialidociousnessandantidisestablishmentarianism by the month"
unit = "rate per year"
gamma = { mean = 0.4, se = 0.1 }
source = "book"
[parameters.dose]
label = "Dose"
fixed = 0
lever = true
source = "set by strategies"
[states]
alive = { utility = 0.7, cost = { drug = "900 * dose", care = "200 - 30 * dose" } }
dead = { absorbing = true }
[transitions.alive]
dead = "prob(r * (1 - 0.1 * dose))"
alive = "rest"
[strategies]
s0 = { label = "Nothing" }
s1 = { label = "One dose of a medicine with quite a long name", set = { dose = 1 } }
s2 = { label = "Two", set = { dose = 2 } }
s3 = { label = "Three", set = { dose = 3 } }
s4 = { label = "Four", set = { dose = 4 } }
s5 = { label = "Five", set = { dose = 5 } }
[analysis]
psa = { draws = 60 }
tornado = { outcome = "incremental_cost" }
"""

TEXTS = {"hostile": HOSTILE, "alone": ALONE, "costs_only": COSTS_ONLY, "many": MANY}
