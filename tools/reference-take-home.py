"""Writes crates/pay/tests/beside/policyengine-uk.csv with PolicyEngine UK: student loans by plan, and Scottish income tax of
2026-27, which the compiled package of the live test does not have. Its installation takes minutes and 660 megabytes, so its
answers are kept as a file. To make it again:

    python3 -m venv /some/where && /some/where/bin/pip install policyengine-uk==2.162.10
    /some/where/bin/python tools/reference-take-home.py > crates/pay/tests/beside/policyengine-uk.csv

PolicyEngine reckons a year at once, without the rounding down of each month.
"""

from importlib.metadata import version

from policyengine_uk import Simulation

FIRST = {"PLAN_1": 2016, "PLAN_2": 2016, "PLAN_4": 2021, "PLAN_5": 2026, "POSTGRADUATE": 2019}
WHITLEY = {"PLAN_1": "plan1", "PLAN_2": "plan2", "PLAN_4": "plan4", "PLAN_5": "plan5", "POSTGRADUATE": "postgraduate"}
SALARIES = [15000, 19500, 23456, 27295, 28500, 31250, 34567, 40000, 47126, 62000, 88888]


def ask(year, people, variable):
    """`people` are pairs of plan and salary, each a household of its own."""
    situation = {"people": {}, "benunits": {}, "households": {}}
    for number, (plan, salary, country) in enumerate(people):
        name = f"p{number}"
        situation["people"][name] = {"age": {year: 40}, "employment_income": {year: salary}, "student_loan_plan": {year: plan}}
        situation["benunits"][name] = {"members": [name]}
        region = "SCOTLAND" if country == "SCOTLAND" else "LONDON"
        situation["households"][name] = {"members": [name], "country": {year: country}, "region": {year: region}}
    return Simulation(situation=situation).calculate(variable, year)


print(f"# policyengine-uk {version('policyengine-uk')}: made by tools/reference-take-home.py")
print("what,year,salary,pounds")
for year in range(2016, 2027):
    people = [(plan, salary, "ENGLAND") for plan, first in FIRST.items() if first <= year for salary in SALARIES]
    for (plan, salary, _), value in zip(people, ask(year, people, "student_loan_repayment")):
        print(f"{WHITLEY[plan]},{year},{salary},{float(value):.2f}")
people = [("NONE", salary, "SCOTLAND") for salary in SALARIES + [99000]]
for (_, salary, _), value in zip(people, ask(2026, people, "income_tax")):
    print(f"scotland,2026,{salary},{float(value):.2f}")
