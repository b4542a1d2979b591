"""The rules of the benchmark `paybill` as openfisca-core variables. Prints CPU seconds, peak MB, totals in pence."""
import json
import resource
import sys

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import MONTH, period as period_of
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

folder = sys.argv[1]
rules = json.load(open(f"{folder}/rules.json"))
staff = np.fromfile(f"{folder}/staff.bin", dtype="<u2").reshape(-1, 4)
bands = rules["bands"]
before = np.array(rules["before"]) / 100
offer = np.array(rules["offer"]) / 100
next_point = np.array(rules["next"])
share = np.array([pair[0] / pair[1] for pair in rules["portion"]])
Person = build_entity(key="person", plural="persons", label="A member of staff", is_person=True)


def number(month):
    return (month.start.year - 2014) * 12 + month.start.month - 4


def pennies(pounds):
    return np.floor(pounds * 100 + 0.5) / 100


class portion(Variable):
    value_type, entity, definition_period, label = float, Person, MONTH, "portion of full time"

    def formula(person, period):
        return person("portion", period.last_month)


class month_of_increment(Variable):
    value_type, entity, definition_period, label = int, Person, MONTH, "month of increment"

    def formula(person, period):
        return person("month_of_increment", period.last_month)


class first_point(Variable):
    value_type, entity, definition_period, label = int, Person, MONTH, "point of the first day"

    def formula(person, period):
        return person("first_point", period.last_month)


class point(Variable):
    value_type, entity, definition_period, label = int, Person, MONTH, "point"

    def formula(person, period):
        known = person("point", period.last_month)
        due = person("month_of_increment", period) == period.start.month
        return np.where(due, next_point[known], known)


def pay_variable(name, of_point, rates):
    def formula(person, period):
        return pennies(rates(period)[person(of_point, period)] * person("portion", period) / 12)

    return type(name, (Variable,), {"value_type": float, "entity": Person, "definition_period": MONTH, "label": name, "formula": formula})


def insurance_variable(name, of_pay):
    def formula(person, period):
        pay = person(of_pay, period)
        if number(period) < 24:
            return pennies(np.clip(pay - 663, 0, 3337 - 663) * 0.104 + np.maximum(pay - 3337, 0) * 0.138)
        return pennies(np.maximum(pay - 676, 0) * 0.138)

    return type(name, (Variable,), {"value_type": float, "entity": Person, "definition_period": MONTH, "label": name, "formula": formula})


def pension_variable(name, of_pay):
    def formula(person, period):
        return pennies(person(of_pay, period) * (0.14 if number(period) < 12 else 0.143))

    return type(name, (Variable,), {"value_type": float, "entity": Person, "definition_period": MONTH, "label": name, "formula": formula})


system = TaxBenefitSystem([Person])
for variable in (portion, month_of_increment, first_point, point):
    system.add_variable(variable)
PATHS = [
    ("standing", "first_point", lambda period: before),
    ("increments", "point", lambda period: before),
    ("under_offer", "point", lambda period: offer[number(period)]),
]
for name, of_point, rates in PATHS:
    system.add_variable(pay_variable(f"pay_{name}", of_point, rates))
    system.add_variable(insurance_variable(f"insurance_{name}", f"pay_{name}"))
    system.add_variable(pension_variable(f"pension_{name}", f"pay_{name}"))


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


start = cpu()
simulation = SimulationBuilder().build_default_simulation(system, count=len(staff))
simulation.set_input("portion", "2014-03", share[staff[:, 1]])
simulation.set_input("month_of_increment", "2014-03", staff[:, 2].astype(np.int32))
simulation.set_input("point", "2014-03", staff[:, 0].astype(np.int32))
simulation.set_input("first_point", "2014-03", staff[:, 0].astype(np.int32))
band = staff[:, 3].copy()
totals = np.zeros((3, 3))
by_band = np.zeros((bands, 36))
for at in range(36):
    month = period_of(f"{2014 + (3 + at) // 12}-{(3 + at) % 12 + 1:02}")
    for path, (name, _, _) in enumerate(PATHS):
        parts = [simulation.calculate(f"{kind}_{name}", month) for kind in ("pay", "insurance", "pension")]
        totals[path] += [part.sum(dtype=np.float64) for part in parts]
        sums = np.bincount(band, weights=parts[0].astype(np.float64) + parts[1] + parts[2], minlength=bands)
        if path == 2:
            by_band[:, at] = sums
print(cpu() - start)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
print("\n".join(str(value * 100) for value in totals.ravel()))
print("\n".join(str(value * 100) for value in by_band.ravel()))
