"""Risk of bias, certainty and the flow of a review: data beside the studies."""

from __future__ import annotations

import pytest

from heco.errors import ScenarioError
from heco.evidence.certainty import read_certainty
from heco.evidence.flow import read_flow
from heco.evidence.judgements import judgements, read_judgements

# The example data of R's robvis (McGuinness & Higgins 2020, Res Synth Methods 12:55-61): RoB 2
# with an overall judgement, and the older Cochrane tool.
ROB_2 = """Study,D1,D2,D3,D4,D5,Overall
Study 1,Low,Low,Low,Low,Low,Low
Study 2,Some concerns,Low,Low,Low,Low,Some concerns
Study 3,No information,Low,Some concerns,Low,Low,Some concerns
Study 4,Low,Low,High,Low,Some concerns,High
Study 5,High,High,Low,Low,Some concerns,High
Study 6,Low,High,Some concerns,Low,Low,High
Study 7,Low,Some concerns,Some concerns,High,Low,High
Study 8,Low,Some concerns,Low,Low,Low,Some concerns
Study 9,Low,Low,High,Low,Low,High
"""
ROB_1 = """Study,Random.sequence.generation,Allocation.concealment,Other.sources.of.bias,Overall
Study 1,Low,Low,Low,Low
Study 2,Unclear,Low,Unclear,Unclear
Study 5,High,High,Unclear,High
Study 7,Low,Unclear,No information,High
"""
GRADE = (
    "outcome,source,risk_of_bias,inconsistency,indirectness,imprecision,publication_bias,"
    "design,large_effect,certainty,control_risk,studies\n"
)


def file(folder, text):
    path = folder / "x.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_of_robvis(tmp_path):
    found = read_judgements(file(tmp_path, ROB_2))
    assert found.domains == ("D1", "D2", "D3", "D4", "D5", "Overall")
    assert found.overall
    assert found.grave == 5
    assert found.of(2) == [
        "low", "low", "some concerns", "high", "low", "some concerns", "some concerns", "low",
        "high",
    ]  # fmt: skip
    older = read_judgements(file(tmp_path, ROB_1))
    assert older.domains[0] == "Random sequence generation"
    assert older.words[3] == ("low", "unclear", "no information", "high")


def test_without_an_overall_judgement_any_domain_counts():
    found = judgements(("A", "B"), {"rob_blinding": ["High", ""], "rob_drop_out": ["low", "NA"]})
    assert found.domains == ("blinding", "drop out")
    assert not found.overall
    assert found.grave == 1
    assert found.words[1] == ("", "")


def test_words_that_are_no_judgements_are_all_listed(tmp_path):
    bad = ROB_2.replace("Study 1,Low", "Study 1,Lwo").replace("Study 9,Low,Low,High", "Study 9,x,,")
    with pytest.raises(ScenarioError) as refused:
        read_judgements(file(tmp_path, bad))
    said = str(refused.value)
    assert '"Lwo" is no judgement of Study 1' in said
    assert 'Did you mean "low"' in said
    assert '"x" is no judgement of Study 9' in said


@pytest.mark.parametrize(
    ("cells", "level", "marks"),
    [
        # Examples of the GRADE Handbook, section 5: one level for each serious limitation.
        ("not serious,not serious,not serious,not serious,undetected,trials,,", "high", "⊕⊕⊕⊕"),
        ("serious,not serious,not serious,not serious,undetected,trials,,", "moderate", "⊕⊕⊕○"),
        ("serious,not serious,not serious,serious,undetected,trials,,", "low", "⊕⊕○○"),
        ("very serious,very serious,serious,serious,suspected,,,", "very low", "⊕○○○"),
        ("not serious,not serious,not serious,not serious,undetected,observational,,", "low",
         "⊕⊕○○"),
        ("not serious,not serious,not serious,not serious,undetected,observational,large,",
         "moderate", "⊕⊕⊕○"),
    ],
)  # fmt: skip
def test_certainty_is_what_the_domains_come_to(tmp_path, cells, level, marks):
    (line,) = read_certainty(file(tmp_path, f"{GRADE}Death,us,{cells},0.1,4\n"))
    assert (line.level, line.marks) == (level, marks)
    assert line.studies == 4
    assert line.control_risk == 0.1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Death,us,serious,no,no,no,no,trials,,high,,", 'the domains come to "moderate"'),
        ("Death,us,srious,no,no,no,no,trials,,,,", "Did you mean"),
        ("Death,,no,no,no,no,no,trials,,,,", "the cell is empty"),
        ("Death,us,no,no,no,no,no,trials,,,1.2,", "no probability"),
        ("Death,us,no,no,no,no,no,trials,,,,4.5", "not a count"),
        ("Death,us,no,no,no,no,no,survey,,,,", "no judgement"),
        ("Death,us,no,no,no,no,no,trials,,good,,", "no certainty"),
    ],
)
def test_lines_that_cannot_be_are_refused_with_row_and_column(tmp_path, row, said):
    with pytest.raises(ScenarioError) as refused:
        read_certainty(file(tmp_path, f"{GRADE}{row}\n"))
    assert said in str(refused.value)
    assert "row 1" in str(refused.value)


def test_the_flow_knows_its_stages(tmp_path):
    flow = read_flow(
        file(
            tmp_path,
            'stage,label,n\nidentified,A,"1,200"\nidentified,B,300\nremoved,Twice,400\n'
            "screened,Screened,1100\nincluded,In,10\n",
        )
    )
    assert flow.stages == ["identified", "screened", "included"]
    assert flow.totals["identified"] == 1500
    assert [box.label for box in flow.beside("identified")] == ["Twice"]
    with pytest.raises(ScenarioError, match="1,600 included, but 1,500 identified"):
        read_flow(file(tmp_path, "stage,label,n\nidentified,A,1500\nincluded,In,1600\n"))
