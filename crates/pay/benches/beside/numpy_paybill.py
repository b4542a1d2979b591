"""The rules of the benchmark `paybill` in NumPy, month by month, in whole pence. Prints CPU seconds, peak MB, totals."""
import json
import resource
import sys

import numpy as np

folder = sys.argv[1]
rules = json.load(open(f"{folder}/rules.json"))
staff = np.fromfile(f"{folder}/staff.bin", dtype="<u2").reshape(-1, 4)
point, portion, month_of_increment, band = (staff[:, at].copy() for at in range(4))
bands = rules["bands"]


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


start = cpu()
numerator = np.array([pair[0] for pair in rules["portion"]], dtype=np.int64)[portion]
denominator = np.array([pair[1] for pair in rules["portion"]], dtype=np.int64)[portion] * 12
before = np.array(rules["before"], dtype=np.int64)
next_point = np.array(rules["next"], dtype=np.uint16)
offer = np.array(rules["offer"], dtype=np.int64)


def month_pay(rates, points):
    return (rates[points] * numerator * 2 + denominator) // (denominator * 2)


def insurance(pay, at):
    if at < 24:
        lower = np.clip(pay - 66_300, 0, 333_700 - 66_300) * 104
        return (lower + np.maximum(pay - 333_700, 0) * 138 + 500) // 1000
    return (np.maximum(pay - 67_600, 0) * 138 + 500) // 1000


def pension(pay, at):
    rate = 140 if at < 12 else 143
    return (pay * rate + 500) // 1000


totals = np.zeros((3, 3), dtype=np.int64)
by_band = np.zeros((bands, 36), dtype=np.int64)
now = point.copy()
for at in range(36):
    due = month_of_increment == (3 + at) % 12 + 1
    now = np.where(due, next_point[now], now)
    for path, (rates, points) in enumerate([(before, point), (before, now), (offer[at], now)]):
        pay = month_pay(rates, points)
        parts = (pay, insurance(pay, at), pension(pay, at))
        totals[path] += [part.sum() for part in parts]
        # Sums of a month are far below 2^53, so the weights of bincount are exact.
        month = np.bincount(band, weights=parts[0] + parts[1] + parts[2], minlength=bands)
        if path == 2:
            by_band[:, at] = month.astype(np.int64)
print(cpu() - start)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
print("\n".join(str(value) for value in totals.ravel()))
print("\n".join(str(value) for value in by_band.ravel()))
