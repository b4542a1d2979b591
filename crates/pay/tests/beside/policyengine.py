"""Asks PolicyEngine UK (compiled) for income tax and National Insurance of people who earn nothing but a salary.

Reads lines `year,scotland,salary` (year: in which the tax year begins; scotland: true or false) from standard input and
writes `year,scotland,salary,income_tax,employee_insurance,employer_insurance`. Needs the package alone, none of the
libraries that it names: its program is called directly.
"""

import csv
import io
import pathlib
import subprocess
import sys
import sysconfig

package = pathlib.Path(sysconfig.get_paths()["purelib"]) / "policyengine_uk_compiled"
program = package / "bin" / "policyengine-uk-rust"
program.chmod(0o755)

asked = {}
for year, scotland, salary in csv.reader(sys.stdin):
    asked.setdefault(int(year), []).append((scotland, salary))

print("year,scotland,salary,income_tax,employee_insurance,employer_insurance")
for year, people in sorted(asked.items()):
    persons = ["person_id,benunit_id,household_id,age,is_benunit_head,is_household_head,employment_income,is_in_scotland"]
    units = ["benunit_id,household_id,person_ids"]
    households = ["household_id,benunit_ids,person_ids,weight,region"]
    for number, (scotland, salary) in enumerate(people):
        persons.append(f"{number},{number},{number},40,true,true,{salary},{scotland}")
        units.append(f"{number},{number},{number}")
        households.append(f"{number},{number},{number},1.0,{'Scotland' if scotland == 'true' else 'London'}")
    text = "".join(
        f"==={name}===\n" + "\n".join(rows) + "\n"
        for name, rows in (("PERSONS", persons), ("BENUNITS", units), ("HOUSEHOLDS", households))
    )
    # It looks for its parameters below the folder it runs in.
    ran = subprocess.run(
        [program, "--year", str(year), "--stdin-data", "--output-microdata-stdout"],
        input=text, capture_output=True, text=True, cwd=package,
    )
    if ran.returncode != 0:
        sys.exit(f"{year}: {ran.stderr[:300]}")
    section = ran.stdout.split("===PERSONS===\n")[1].split("===")[0]
    for (scotland, salary), row in zip(people, csv.DictReader(io.StringIO(section)), strict=True):
        print(year, scotland, salary, row["income_tax"], row["employee_ni"], row["employer_ni"], sep=",")
