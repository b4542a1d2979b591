//! Balloting units and what is to be done about small ones: a result of six people shows how they voted. Spec R7.

use std::collections::{BTreeMap, BTreeSet};

/// A unit as counted from the roll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitCount {
    /// Id in plans and files: small letters, digits, hyphens.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// How many are entitled.
    pub entitled: u64,
    /// Their employers by name.
    pub employers: BTreeSet<String>,
    /// Whether in important public services, where the employers file says.
    pub important_public_service: Option<bool>,
}

/// The default minimum of people whose votes are counted together.
pub const MINIMUM: u64 = 20;

/// A unit of the plan: one that was counted, or several together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanUnit {
    /// Id: that of its largest part.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// The units counted together here: id and name, by id.
    pub parts: Vec<(String, String)>,
    /// How many are entitled.
    pub entitled: u64,
    /// The law needs its own count, however small it is.
    pub small_allowed: bool,
    /// What the officer is to know, in plain words.
    pub warning: Option<String>,
}

/// The id of a unit of that name.
pub fn unit_id(name: &str) -> String {
    let mut id = String::new();
    for c in name.to_lowercase().replace('&', " and ").chars() {
        if c.is_ascii_alphanumeric() {
            id.push(c);
        } else if !id.ends_with('-') && !id.is_empty() {
            id.push('-');
        }
    }
    id.truncate(64);
    let id = id.trim_end_matches('-');
    if id.is_empty() && !name.is_empty() { "unit".to_owned() } else { id.to_owned() }
}

/// The plan: a unit with fewer than `minimum` people is counted together with its neighbour, smallest first, until none is small.
/// The neighbour is the unit with the fewest people among those that share an employer with it and are alike in being important
/// public services or not; ties go by id. A unit of `own_count` stays by itself because the law needs its own count. Spec R7.
pub fn merge_plan(units: &[UnitCount], minimum: u64, own_count: &BTreeSet<String>) -> Vec<PlanUnit> {
    struct Part {
        plan: PlanUnit,
        largest: u64,
        employers: BTreeSet<String>,
        service: Option<bool>,
        stays: bool,
    }
    let mut parts: Vec<Part> = units
        .iter()
        .map(|unit| Part {
            plan: PlanUnit {
                id: unit.id.clone(),
                name: unit.name.clone(),
                parts: vec![(unit.id.clone(), unit.name.clone())],
                entitled: unit.entitled,
                small_allowed: false,
                warning: None,
            },
            largest: unit.entitled,
            employers: unit.employers.clone(),
            service: unit.important_public_service,
            stays: own_count.contains(&unit.id),
        })
        .collect();
    // Each round takes one small unit away or settles it.
    loop {
        parts.sort_by(|a, b| (a.plan.entitled, &a.plan.id).cmp(&(b.plan.entitled, &b.plan.id)));
        let Some(small) = parts.iter().position(|part| part.plan.entitled < minimum && !part.stays && part.plan.warning.is_none()) else {
            break;
        };
        let fits = |part: &Part| {
            !part.stays && part.service == parts[small].service && part.employers.intersection(&parts[small].employers).next().is_some()
        };
        let neighbour = (0..parts.len()).find(|at| *at != small && fits(&parts[*at]));
        let Some(neighbour) = neighbour else {
            let plan = &mut parts[small].plan;
            plan.warning = Some(format!(
                "{} has {} entitled, fewer than {minimum}, and no other unit of its employer to be counted with: its result may show how \
                 people voted. Merge it by hand where the law allows, or, where the law needs its own count, say --own-count {}",
                plan.name, plan.entitled, plan.id
            ));
            continue;
        };
        let taken = parts.remove(small);
        let into = &mut parts[if neighbour > small { neighbour - 1 } else { neighbour }];
        if (taken.largest, &into.plan.id) > (into.largest, &taken.plan.id) {
            into.plan.id = taken.plan.id;
        }
        into.largest = into.largest.max(taken.largest);
        into.plan.entitled += taken.plan.entitled;
        into.plan.parts.extend(taken.plan.parts);
        into.employers.extend(taken.employers);
        into.plan.warning = None;
    }
    let mut plan: Vec<PlanUnit> = parts
        .into_iter()
        .map(|part| {
            let mut plan = part.plan;
            plan.parts.sort();
            if plan.parts.len() > 1 {
                let names: Vec<&str> = plan.parts.iter().map(|(_, name)| name.as_str()).collect();
                plan.name = names.join(" with ");
            }
            if part.stays && plan.entitled < minimum {
                plan.small_allowed = true;
                plan.warning = Some(format!(
                    "the law forces a count of its own for {}, with {} entitled: the result may reveal how people voted, and if all vote \
                     alike it does. Tell the members before they vote",
                    plan.name, plan.entitled
                ));
            }
            plan
        })
        .collect();
    plan.sort_by(|a, b| a.id.cmp(&b.id));
    plan
}

/// The plan as the lines of a poll's plan (`whitley vote setup`).
pub fn plan_lines(plan: &[PlanUnit]) -> String {
    let mut text = String::new();
    for unit in plan {
        if let Some(warning) = &unit.warning {
            text.push_str(&format!("# {warning}.\n"));
        }
        text.push_str(&format!("[[unit]]\nid = {}\nname = {}\n", quoted(&unit.id), quoted(&unit.name)));
        if unit.parts.len() > 1 {
            let names: Vec<String> = unit.parts.iter().map(|(_, name)| quoted(name)).collect();
            text.push_str(&format!("merged = [{}]\n", names.join(", ")));
        }
        if unit.small_allowed {
            text.push_str("small_allowed = true\n");
        }
        text.push('\n');
    }
    text
}

/// Text as TOML has it.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// In which unit of a plan each unit is counted, for those that are merged; by the names in `merged`.
///
/// # Errors
/// A sentence, where a plan names a unit twice, or one that the roll does not have, or leaves one out.
pub fn merged_units(plan: &[(String, Vec<String>)], units: &[UnitCount]) -> Result<BTreeMap<String, String>, String> {
    let mut merged = BTreeMap::new();
    for (id, names) in plan {
        for part in names.iter().map(|name| unit_id(name)) {
            if merged.insert(part.clone(), id.clone()).is_some() {
                return Err(format!("the plan counts “{part}” in two units"));
            }
        }
    }
    for unit in units {
        if !merged.contains_key(&unit.id) {
            return Err(format!("the plan has no place for the unit “{}” ({} entitled)", unit.name, unit.entitled));
        }
    }
    for part in merged.keys() {
        if !units.iter().any(|unit| unit.id == *part) {
            return Err(format!("the plan has a unit “{part}” in which nobody is entitled"));
        }
    }
    Ok(merged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(id: &str, entitled: u64, employer: &str) -> UnitCount {
        UnitCount {
            id: id.to_owned(),
            name: id.to_uppercase(),
            entitled,
            employers: BTreeSet::from([employer.to_owned()]),
            important_public_service: None,
        }
    }

    #[test]
    fn small_units_join_the_smallest_of_their_employer_until_none_is_small() {
        let units = [unit("a", 8, "E"), unit("b", 9, "E"), unit("c", 500, "E"), unit("d", 30, "E"), unit("x", 12, "F")];
        let plan = merge_plan(&units, MINIMUM, &BTreeSet::new());
        let short: Vec<(&str, u64, usize, bool)> =
            plan.iter().map(|unit| (unit.id.as_str(), unit.entitled, unit.parts.len(), unit.warning.is_some())).collect();
        // a joins b (17), both join d (47); x has no neighbour.
        assert_eq!(short, [("c", 500, 1, false), ("d", 47, 3, false), ("x", 12, 1, true)]);
        assert_eq!(plan.iter().map(|unit| unit.entitled).sum::<u64>(), 559, "nobody is lost");
        assert!(plan_lines(&plan).contains("id = \"d\"\nname = \"A with B with D\"\nmerged = [\"A\", \"B\", \"D\"]\n"));
    }

    #[test]
    fn a_unit_that_the_law_counts_alone_stays_alone_and_is_warned_of() {
        let units = [unit("a", 8, "E"), unit("b", 9, "E"), unit("d", 30, "E")];
        let plan = merge_plan(&units, MINIMUM, &BTreeSet::from(["a".to_owned()]));
        assert_eq!((plan[0].id.as_str(), plan[0].small_allowed, plan[0].parts.len()), ("a", true, 1));
        assert!(plan[0].warning.as_ref().is_some_and(|warning| warning.contains("may reveal how people voted")));
        assert_eq!((plan[1].id.as_str(), plan[1].entitled), ("d", 39));
    }

    #[test]
    fn services_are_not_mixed_and_the_plan_covers_everybody() {
        let mut units = [unit("a", 8, "E"), unit("d", 30, "E")];
        units[1].important_public_service = Some(true);
        assert!(merge_plan(&units, MINIMUM, &BTreeSet::new())[0].warning.is_some());
        let plan = |parts: &[&str]| vec![("d".to_owned(), parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>())];
        assert_eq!(merged_units(&plan(&["A", "D"]), &units).map(|merged| merged.len()), Ok(2));
        assert!(merged_units(&plan(&["D"]), &units).expect_err("a gap").contains("no place for the unit “A”"));
        assert!(merged_units(&plan(&["A", "D", "A"]), &units).is_err());
        assert!(merged_units(&plan(&["A", "D", "Z"]), &units).is_err());
    }

    #[test]
    fn ids_are_what_a_plan_takes() {
        for (name, id) in [("St. Elsewhere & Co", "st-elsewhere-and-co"), ("Ynys Môn", "ynys-m-n"), ("  ", "unit"), ("Ł", "unit")] {
            assert_eq!(unit_id(name), id);
        }
        assert!(unit_id(&"long name ".repeat(20)).len() <= 64);
    }
}
