//! The agenda as it goes to the delegates: what is admitted, what is joined, and whether the words of every amendment are there.

use std::collections::BTreeMap;

use dated::{Faults, Place, nearest_name};

use super::Conference;
use super::agenda::{Item, ItemKind, Ruling};
use super::wording::{Edit, NotOnce, PlacedChange, WordChange, apply, find, whole_words};

/// The checked agenda. Items are numbered as in [`Conference::items`].
#[derive(Clone, Debug, Default)]
pub(crate) struct CheckedAgenda {
    /// The text of each main item after the committee's alterations.
    pub(crate) texts: Vec<String>,
    /// The changes of each amendment after the committee's alterations, and where in the text each is: for an amendment
    /// to an amendment, in the new words of which change.
    pub(crate) changes: Vec<Vec<(WordChange, usize, Edit)>>,
    /// The item that each amendment is to.
    pub(crate) parent: Vec<Option<usize>>,
    /// Why the committee ruled an item out.
    pub(crate) ruled_out: Vec<Option<String>>,
    /// What was withdrawn (true) or remitted (false) before conference, as the committee reports, and in which words.
    pub(crate) taken_back: Vec<Option<(bool, String)>>,
    /// The composite that a motion went into.
    pub(crate) joined_in: Vec<Option<usize>>,
    /// Whether an emergency motion, or one that came late, is admitted.
    pub(crate) is_admitted: Vec<bool>,
    /// The order of business: main items.
    pub(crate) order: Vec<usize>,
    /// Items debated together.
    pub(crate) groups: Vec<Vec<usize>>,
    /// What is put without debate when time runs out.
    pub(crate) guillotine: Vec<usize>,
    /// Which words the committee altered, and why.
    pub(crate) altered: Vec<Option<String>>,
    /// Items about which more would be noise: their own faults are told.
    pub(crate) spoiled: Vec<bool>,
}

/// C6 to C9: checks the agenda and gives it in the order of business.
pub(crate) fn check_agenda(conference: &Conference, faults: &Faults) -> CheckedAgenda {
    let items = &conference.items;
    let count = items.len();
    let mut agenda = CheckedAgenda {
        texts: items.iter().map(|item| item.text.clone()).collect(),
        changes: vec![Vec::new(); count],
        parent: vec![None; count],
        ruled_out: vec![None; count],
        taken_back: vec![None; count],
        joined_in: vec![None; count],
        is_admitted: items.iter().map(|item| item.kind != ItemKind::EmergencyMotion).collect(),
        altered: vec![None; count],
        spoiled: items.iter().map(|item| conference.unread.contains(&item.id)).collect(),
        ..CheckedAgenda::default()
    };
    check_unique(conference, faults);
    let at: BTreeMap<&str, usize> = items.iter().enumerate().map(|(at, item)| (item.id.as_str(), at)).collect();
    let known = |name: &(String, Place)| known_item(conference, &at, name, faults);
    for (number, item) in items.iter().enumerate() {
        if let Some(amends) = &item.amends {
            agenda.parent[number] = known(amends).filter(|parent| *parent != number);
            agenda.spoiled[number] |= agenda.parent[number].is_none();
            if amends.0 == item.id {
                faults.error("amends-itself", &amends.1, format!("{} amends itself", item.name()), "name the item that it is to");
            }
        }
        for name in &item.falls_if_carried {
            known(name);
        }
        if let Some((mover, place)) = item.mover.as_ref().filter(|_| item.mover_is_branch)
            && !conference.branches.iter().any(|branch| branch.id == *mover)
        {
            conference.hall().unknown_branch(&(mover.clone(), place.clone()), faults);
        }
    }
    for (number, item) in items.iter().enumerate() {
        let grandparent = agenda.parent[number].and_then(|parent| agenda.parent[parent]);
        if grandparent.is_some_and(|above| agenda.parent[above].is_some()) {
            let what = format!("{} amends an amendment to an amendment", item.name());
            faults.error("too-deep", &item.place, what, "an amendment may be amended once: draft it to the amendment, or to the motion");
            agenda.spoiled[number] = true;
            agenda.parent[number] = None;
        }
    }
    check_composites(conference, &at, &mut agenda, faults);
    committee(conference, &at, &mut agenda, faults);
    check_deadlines(conference, &agenda, faults);
    locate_changes(conference, &mut agenda, faults);
    check_test_words(conference, &agenda, faults);
    for instruction in &conference.instructions {
        known(&instruction.item);
        if !conference.branches.iter().any(|branch| branch.id == instruction.branch.0) {
            conference.hall().unknown_branch(&instruction.branch, faults);
        }
    }
    for delegate in &conference.delegates {
        if !conference.branches.iter().any(|branch| branch.id == delegate.branch.0) {
            conference.hall().unknown_branch(&delegate.branch, faults);
        }
    }
    if agenda.order.is_empty() {
        agenda.order = (0..count).filter(|number| items[*number].is_main()).collect();
    } else {
        let missing: Vec<usize> = (0..count).filter(|number| items[*number].is_main() && !agenda.order.contains(number)).collect();
        agenda.order.extend(missing);
    }
    agenda
}

/// The number of an item that is named somewhere.
pub(crate) fn known_item(conference: &Conference, at: &BTreeMap<&str, usize>, name: &(String, Place), faults: &Faults) -> Option<usize> {
    if let Some(number) = at.get(name.0.as_str()) {
        return Some(*number);
    }
    if !conference.unread.contains(&name.0) {
        let fix = match nearest_name(&name.0, at.keys().copied()) {
            Some(near) => format!("did you mean “{near}”?"),
            None if at.is_empty() => "the agenda is empty: add a [[motion]]".to_owned(),
            None => format!("one of {}", at.keys().copied().collect::<Vec<_>>().join(", ")),
        };
        faults.error("unknown-item", &name.1, format!("“{}” is not on the agenda", name.0), fix);
    }
    None
}

fn check_unique(conference: &Conference, faults: &Faults) {
    let items = conference.items.iter().map(|item| ("item", item.id.as_str(), &item.place));
    let delegates = conference.delegates.iter().map(|delegate| ("delegate", delegate.id.as_str(), &delegate.place));
    let mut seen: BTreeMap<(&str, &str), &Place> = BTreeMap::new();
    for (what, id, place) in items.chain(delegates) {
        if let Some(first) = seen.get(&(what, id)) {
            let said = format!("the {what} “{id}” stands twice; the other is at {first}");
            faults.error("duplicate-id", place, said, format!("give each {what} its own id"));
        } else {
            seen.insert((what, id), place);
        }
    }
}

/// C7: a composite joins motions with the consent of each mover; letters run A, B, C.
fn check_composites(conference: &Conference, at: &BTreeMap<&str, usize>, agenda: &mut CheckedAgenda, faults: &Faults) {
    let items = &conference.items;
    let mut next = 'A';
    for (number, item) in items.iter().enumerate() {
        let ItemKind::Composite(letter) = item.kind else { continue };
        if letter != next {
            let what = format!("composite {letter} comes where composite {next} belongs");
            faults.error("composite-letter", &item.place, what, "composites are lettered A, B, C in the order of the file");
        }
        next = char::from_u32(u32::from(letter.max(next)) + 1).unwrap_or('Z');
        let mut movers = Vec::new();
        for name in &item.joins {
            let Some(motion) = known_item(conference, at, name, faults) else { continue };
            if !matches!(items[motion].kind, ItemKind::Motion | ItemKind::EmergencyMotion | ItemKind::RuleChange) {
                let what = format!("{} is no motion of its own, so no composite can join it", items[motion].name());
                faults.error("not-a-motion", &name.1, what, "a composite joins motions; an amendment goes with the motion it is to");
                continue;
            }
            if let Some(other) = agenda.joined_in[motion] {
                let what = format!("{} is in {} already", items[motion].name(), items[other].name());
                faults.error("joined-twice", &name.1, what, "a motion goes into one composite");
                continue;
            }
            agenda.joined_in[motion] = Some(number);
            match &items[motion].mover {
                None => {
                    let what = format!("{} has no mover on record, so nobody can consent to the composite", items[motion].name());
                    faults.error("composite-without-consent", &name.1, what, "add `branch` or `moved_by` to the motion");
                }
                Some((mover, _)) => {
                    if !item.consents.iter().any(|(who, _)| who == mover) {
                        let what = format!("{mover}, the mover of {}, has not consented to {}", items[motion].name(), item.name());
                        let fix = format!("add “{mover}” to `consents` if it does, or leave the motion out of the composite");
                        faults.error("composite-without-consent", &name.1, what, fix);
                    }
                    movers.push(mover.as_str());
                }
            }
        }
        for (who, place) in &item.consents {
            if !movers.contains(&who.as_str()) && item.joins.iter().all(|(id, _)| at.contains_key(id.as_str())) {
                let fix = format!("its movers are {}", movers.join(", "));
                faults.error("consent-of-nobody", place, format!("“{who}” moves none of the motions of {}", item.name()), fix);
            }
        }
    }
}

/// C8: what the standing orders committee decided.
fn committee(conference: &Conference, at: &BTreeMap<&str, usize>, agenda: &mut CheckedAgenda, faults: &Faults) {
    let items = &conference.items;
    for decision in &conference.committee {
        let named: Vec<usize> = decision.items.iter().filter_map(|name| known_item(conference, at, name, faults)).collect();
        let mains = |named: &[usize]| -> Vec<usize> {
            for (number, (_, place)) in named.iter().zip(&decision.items) {
                if !items[*number].is_main() {
                    let what = format!("{} is an amendment: it is taken with what it amends", items[*number].name());
                    faults.error("not-a-motion", place, what, "name motions and composites only");
                }
            }
            named.iter().copied().filter(|number| items[*number].is_main()).collect()
        };
        match &decision.ruling {
            Ruling::Admit => named.iter().for_each(|number| agenda.is_admitted[*number] = true),
            Ruling::RuleOut => {
                for number in &named {
                    agenda.ruled_out[*number] = Some(decision.reason.clone().unwrap_or_default());
                }
            }
            Ruling::Alter(changes) => {
                for number in &named {
                    agenda.altered[*number] = decision.reason.clone();
                    alter(&items[*number], *number, changes, agenda, faults);
                }
            }
            Ruling::OrderOfBusiness => agenda.order = mains(&named),
            Ruling::Group => {
                let group = mains(&named);
                agenda.groups.push(group);
            }
            Ruling::Guillotine => agenda.guillotine.extend(named),
            Ruling::Withdrawn | Ruling::Remitted => {
                let is_withdrawn = matches!(decision.ruling, Ruling::Withdrawn);
                let day = decision.on.map_or_else(String::new, |on| format!(" on {}", dated::long_date(on)));
                let reason = decision.reason.as_ref().map_or_else(String::new, |reason| format!(" {reason}"));
                let did = if is_withdrawn { "withdrew it" } else { "agreed to leave it to the executive" };
                let words = format!("The standing orders committee reported{day} that its mover {did}.{reason}");
                for number in &named {
                    if let Some(why) = &agenda.ruled_out[*number] {
                        let what = format!("{} was ruled out: {why}", items[*number].name());
                        faults.error("ruled-out", &decision.place, what, "keep one of the two decisions");
                    }
                    agenda.taken_back[*number] = Some((is_withdrawn, words.clone()));
                }
            }
        }
    }
}

/// The committee's alterations: of a motion in its text, of an amendment in its new words.
fn alter(item: &Item, number: usize, changes: &[PlacedChange], agenda: &mut CheckedAgenda, faults: &Faults) {
    if item.is_main() {
        let text = agenda.texts[number].clone();
        let edits: Vec<Edit> = changes.iter().filter_map(|placed| found(&text, placed, &item.name(), faults)).collect();
        agenda.spoiled[number] |= edits.len() < changes.len();
        agenda.texts[number] = apply(&text, edits.iter());
    }
}

/// C8: the committee's alterations of the words that amendments bring in, made before their places are looked for.
pub(crate) fn alter_amendments(conference: &mut Conference, faults: &Faults) {
    for decision in &conference.committee {
        let (Ruling::Alter(changes), Some((id, _))) = (&decision.ruling, decision.items.first()) else { continue };
        let Some(item) = conference.items.iter_mut().find(|item| !item.is_main() && item.id == *id) else { continue };
        for placed in changes {
            let whose = format!("the words that {} brings in", item.name());
            let found = |part: &PlacedChange| Some(find(part.change.new_words()?, &placed.change));
            let places: Vec<(usize, Result<Edit, NotOnce>)> =
                item.changes.iter().enumerate().filter_map(|(at, part)| Some((at, found(part)?))).collect();
            let times = places.iter().map(|(_, result)| match result {
                Ok(_) => 1,
                Err(NotOnce::Absent) => 0,
                Err(NotOnce::Several(times)) => *times,
            });
            match times.sum::<usize>() {
                1 => {
                    for (at, edit) in places.into_iter().filter_map(|(at, result)| Some((at, result.ok()?))) {
                        let part = &mut item.changes[at];
                        let words = apply(part.change.new_words().unwrap_or_default(), [edit].iter());
                        part.change = part.change.with_new_words(&words);
                    }
                }
                0 => words_fault(placed, &whose, NotOnce::Absent, faults),
                several => words_fault(placed, &whose, NotOnce::Several(several), faults),
            }
        }
    }
}

fn found(text: &str, placed: &PlacedChange, whose: &str, faults: &Faults) -> Option<Edit> {
    match find(text, &placed.change) {
        Ok(edit) => Some(edit),
        Err(not_once) => {
            words_fault(placed, whose, not_once, faults);
            None
        }
    }
}

fn words_fault(placed: &PlacedChange, whose: &str, not_once: NotOnce, faults: &Faults) {
    let anchor = placed.change.anchor().unwrap_or_default();
    match not_once {
        NotOnce::Absent => {
            let fix = "copy the words from the text as it stands on the agenda, whole words and in their spelling";
            faults.error("words-not-in-text", &placed.place, format!("the words “{anchor}” are not in the text of {whose}"), fix);
        }
        NotOnce::Several(times) => {
            let what = format!("the words “{anchor}” are {times} times in the text of {whose}");
            faults.error("words-not-clear", &placed.place, what, "take in the words beside them, so that only one place is meant");
        }
    }
}

/// C9: nothing after its deadline, unless the committee admitted it. Emergency motions are for what came after.
fn check_deadlines(conference: &Conference, agenda: &CheckedAgenda, faults: &Faults) {
    for (number, item) in conference.items.iter().enumerate() {
        let deadline = match item.kind {
            ItemKind::Motion | ItemKind::RuleChange => conference.rules.motions_close_on,
            ItemKind::Amendment => conference.rules.amendments_close_on,
            ItemKind::EmergencyMotion | ItemKind::Composite(_) => None,
        };
        let is_admitted = conference
            .committee
            .iter()
            .any(|decision| matches!(decision.ruling, Ruling::Admit) && decision.items.iter().any(|(id, _)| *id == item.id));
        if let (Some(submitted), Some(deadline)) = (item.submitted_on, deadline)
            && submitted > deadline
            && !is_admitted
            && agenda.ruled_out[number].is_none()
        {
            let fix = match item.kind {
                ItemKind::Amendment => "the committee rules it out, or admits it with its reason: add a [[committee]] entry",
                _ => {
                    "if it is on what happened after the deadline, write `kind = \"emergency\"` and add the committee's decision to admit it"
                }
            };
            let what = format!("{} came in on {submitted}, after the deadline of {deadline}", item.name());
            faults.error("after-deadline", &item.place, what, fix);
        }
    }
}

/// C31: the words of a stated test stand in the text, or in the new words of an amendment to it.
fn check_test_words(conference: &Conference, agenda: &CheckedAgenda, faults: &Faults) {
    for (number, item) in conference.items.iter().enumerate() {
        let to_it = (0..conference.items.len()).filter(|other| {
            let parent = agenda.parent[*other];
            parent == Some(number) || parent.and_then(|parent| agenda.parent[parent]) == Some(number)
        });
        let new: Vec<&str> =
            to_it.flat_map(|other| &conference.items[other].changes).filter_map(|placed| placed.change.new_words()).collect();
        for test in &item.tests {
            let (words, place) = &test.words;
            let texts = new.iter().copied().chain([agenda.texts[number].as_str()]);
            if texts.into_iter().all(|text| whole_words(text, words).is_empty()) {
                let fix = "copy the words from the text, whole words and in their spelling";
                faults.error("words-not-in-text", place, format!("the words “{words}” are not in the text of {}", item.name()), fix);
            }
        }
    }
}

/// C3: the words of every amendment, in the text or in the new words of the amendment that it amends.
fn locate_changes(conference: &Conference, agenda: &mut CheckedAgenda, faults: &Faults) {
    let items = &conference.items;
    for (number, item) in items.iter().enumerate() {
        let Some(parent) = agenda.parent[number] else { continue };
        let before = faults.error_count();
        let whose = items[parent].name();
        let parent_changes: Vec<(usize, &str)> = if items[parent].is_main() {
            vec![(0, agenda.texts[parent].as_str())]
        } else {
            let new = items[parent].changes.iter().enumerate();
            new.filter_map(|(at, placed)| Some((at, placed.change.new_words()?))).collect()
        };
        if parent_changes.is_empty() && !item.changes.is_empty() && !agenda.spoiled[parent] {
            let what = format!("{whose} brings in no words that could be amended");
            faults.error("nothing-to-amend", &item.place, what, "amend the motion instead, or vote against the amendment");
            agenda.spoiled[number] = true;
            continue;
        }
        let mut located = Vec::new();
        for placed in &item.changes {
            let places: Vec<(usize, Result<Edit, NotOnce>)> =
                parent_changes.iter().map(|(at, text)| (*at, find(text, &placed.change))).collect();
            let times = places.iter().map(|(_, result)| match result {
                Ok(_) => 1,
                Err(NotOnce::Absent) => 0,
                Err(NotOnce::Several(times)) => *times,
            });
            match times.sum::<usize>() {
                1 => located.extend(places.into_iter().filter_map(|(at, result)| Some((placed.change.clone(), at, result.ok()?)))),
                _ if agenda.spoiled[parent] => {}
                0 => words_fault(placed, &whose, NotOnce::Absent, faults),
                several => words_fault(placed, &whose, NotOnce::Several(several), faults),
            }
        }
        for (later, (_, _, edit)) in located.iter().enumerate() {
            let earlier: Vec<Edit> = located[..later].iter().map(|(_, _, edit)| edit.clone()).collect();
            let clashes = super::wording::has_lost_its_words(edit, &earlier)
                || (edit.deletes
                    && earlier.iter().any(|other| other.anchor.start < edit.anchor.end && edit.anchor.start < other.anchor.end));
            if clashes && located[..later].iter().any(|(_, at, _)| *at == located[later].1) {
                let place = item.changes.get(later).map_or(&item.place, |placed| &placed.place);
                let what = format!("two changes of {} hold on to the same words", item.name());
                faults.error("changes-overlap", place, what, "make one change of them");
            }
        }
        agenda.changes[number] = located;
        agenda.spoiled[number] |= faults.error_count() > before;
    }
}
