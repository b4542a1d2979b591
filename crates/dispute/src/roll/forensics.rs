//! What only shows when all rows are looked at together, or against the employers: duplicates, clones, shared mailboxes and
//! telephones, crowded addresses, unknown workplaces, wrong units. Spec R3.
//!
//! Everything is found by sorting: the time grows with the number of members hardly faster than the number itself.

use std::collections::{BTreeMap, BTreeSet};

use dated::{Date, nearest_name};
use sheet::short;

use super::cells::{Channel, Standing, comparable, mailbox, postcode};
use super::employers::Employers;
use super::finding::{Finding, finding};
use super::members::{Member, MemberList};

/// What the forensics hold a list against.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// The employers; none: employers, workplaces and units stay as the file names them.
    pub employers: &'a Employers,
    /// The day on which people are entitled or not; `None`: days of joining and leaving are not judged.
    pub on: Option<Date>,
    /// Addresses where many members live, as hostels and halls: their postcodes, or a line of the address.
    pub shared_addresses: &'a BTreeSet<String>,
    /// From so many members on an address is to be looked at.
    pub many: usize,
}

/// The default of [`Against::many`].
pub const MANY_AT_ONE_ADDRESS: usize = 5;

/// A postcode or a line of an address, as the list of shared addresses is compared.
pub fn shared_address(line: &str) -> String {
    postcode(line).unwrap_or_else(|| comparable(line, false))
}

/// Why somebody is on the roll or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// On it, with the reason.
    In(String),
    /// Not on it: a word for counting and the reason.
    Out(&'static str, String),
}

/// Whether somebody is entitled, by standing, days and what the union says itself; units and faults are judged apart. Spec R5.
pub fn judge(member: &Member, on: Option<Date>) -> Verdict {
    if member.eligible == Some(false) {
        return Verdict::Out("not-eligible", "the union marks this member as not entitled".to_owned());
    }
    if let (Some(left), Some(on)) = (member.left, on)
        && left <= on
    {
        return Verdict::Out("left", format!("left on {left}"));
    }
    match member.standing {
        Standing::Member => {}
        Standing::Lapsed => return Verdict::Out("lapsed", "lapsed: subscriptions in arrears".to_owned()),
        Standing::Retired => return Verdict::Out("retired", "retired from work".to_owned()),
        Standing::Left => return Verdict::Out("left", "left the union".to_owned()),
        Standing::Suspended => return Verdict::Out("suspended", "suspended from membership".to_owned()),
    }
    match (member.joined, on) {
        (Some(joined), Some(on)) if joined > on => Verdict::Out("joined-later", format!("joins on {joined}, after the day of the roll")),
        (Some(joined), _) => Verdict::In(format!("member since {joined}")),
        _ => Verdict::In("member".to_owned()),
    }
}

/// All faults of a list, each once: those of the rows by themselves and those that show here. In the order of the rows.
pub fn examine(list: &MemberList, against: Against<'_>) -> Vec<Finding> {
    let mut all = Examination { list, against, findings: list.findings.clone(), whys: BTreeMap::new() };
    let entitled: Vec<bool> = list.members.iter().map(|member| matches!(judge(member, against.on), Verdict::In(_))).collect();
    let entitled = |at: &u32| entitled[*at as usize];
    let everybody: Vec<u32> = (0..list.members.len() as u32).collect();
    let voters: Vec<u32> = everybody.iter().copied().filter(entitled).collect();
    for at in &everybody {
        let member = &list.members[*at as usize];
        all.standing(member);
        if entitled(at) {
            all.reach(member);
            all.unit(member);
        }
    }
    let doubled = all.numbers(&everybody);
    // Rows of one number are that fault and no other.
    let once: Vec<u32> = voters.into_iter().filter(|at| !doubled.contains(at)).collect();
    let cloned = all.clones(&once);
    let people: Vec<u32> = once.into_iter().filter(|at| !cloned.contains(at)).collect();
    all.shared(&people);
    all.addresses(&people);
    let mut findings = all.findings;
    findings.sort_by(|a, b| (&a.fault.place, a.fault.code, &a.fault.what).cmp(&(&b.fault.place, b.fault.code, &b.fault.what)));
    findings
}

struct Examination<'a> {
    list: &'a MemberList,
    against: Against<'a>,
    findings: Vec<Finding>,
    /// What was found out before about an employer and a workplace: the same spelling is not puzzled over twice.
    whys: BTreeMap<(&'a str, &'a str), Option<(&'static str, String, String)>>,
}

/// Spellings beyond so many get no advice on the nearest name: a column that is wrong altogether must not take minutes.
const PUZZLED_OVER: usize = 2_000;

impl<'a> Examination<'a> {
    fn add(&mut self, code: &'static str, member: &Member, what: String, fix: &str) {
        self.findings.push(finding(code, member.place.clone(), what, fix).of(member.number()));
    }

    fn standing(&mut self, member: &Member) {
        let (on, standing) = (self.against.on, member.standing);
        if member.eligible == Some(true)
            && let Verdict::Out(_, why) = judge(member, on)
        {
            let what = format!("{} is marked as entitled, and {why}", member.number());
            return self.add("status-contradicts", member, what, "correct the standing, the days, or the mark");
        }
        if let (Some(joined), Some(left)) = (member.joined, member.left)
            && left < joined
            && standing == Standing::Member
        {
            let what = format!("{} left on {left}, before joining on {joined}", member.number());
            return self.add("status-contradicts", member, what, "remove the old day of leaving, or correct one of the two");
        }
        match judge(member, on) {
            Verdict::Out("left" | "retired", why) => {
                let what = format!("{}: {why}; not on the roll", member.number());
                self.add("left", member, what, "nothing, if that is so; else correct standing and days");
            }
            Verdict::Out("lapsed" | "suspended", why) => {
                let what = format!("{}: {why}; not on the roll", member.number());
                self.add("lapsed", member, what, "nothing, if that is so; a member who has paid since is entitled: correct the standing");
            }
            _ => {}
        }
    }

    fn reach(&mut self, member: &Member) {
        if member.name().is_empty() {
            let what = format!("{} has no name; the letter says Dear member", member.number());
            self.add("no-name", member, what, "fill it in if it is known; delivery does not need it");
        }
        let (address, email, phone) = (member.has_address(), !member.email().is_empty(), !member.phone().is_empty());
        if !address && !email && !phone {
            let what = format!("{} has neither address nor e-mail nor telephone", member.number());
            self.add("no-channel", member, what, "ask the branch; who is entitled stays on the roll, but gets no paper as it is");
        } else if !address {
            let what = format!("{} has no address that a paper could be sent to", member.number());
            self.add("no-address", member, what, "a line and a postcode; the Act asks for a voting paper by post");
        }
        if email && self.against.employers.is_at_work(member.email()) {
            let what = format!("the only e-mail address of {}, {}, is at work", member.number(), short(member.email()));
            self.add("work-email-only", member, what, "ask for a personal address: the employer can read mail at work");
        }
        let missing = match member.channel {
            Some(Channel::Post) => !address,
            Some(Channel::Email) => !email,
            Some(Channel::Text) => !phone,
            None => false,
        };
        // Who cannot be reached at all has been named for that.
        if missing && (address || email || phone) && !(member.channel == Some(Channel::Post)) {
            let wish = member.channel.map_or("", Channel::word);
            let what = format!("{} wishes to be written to by {wish}, and has none", member.number());
            self.add("channel-missing", member, what, "fill it in, or take the wish away");
        }
    }

    /// Employer, workplace and unit against the employers file.
    fn unit(&mut self, member: &'a Member) {
        if self.against.employers.is_empty() {
            if member.unit().is_empty() && member.employer().is_empty() {
                let what = format!("nothing says in which unit {} is balloted", member.number());
                self.add("no-unit", member, what, "fill in unit or employer");
            }
            return;
        }
        let key = (member.employer(), member.workplace());
        if !self.whys.contains_key(&key) {
            let why = self.why(key.0, key.1);
            self.whys.insert(key, why);
        }
        if let Some(Some((code, what, fix))) = self.whys.get(&key) {
            let (code, what, fix) = (*code, format!("{}: {what}", member.number()), fix.clone());
            // A row without workplace whose own unit column answers is only to be looked at.
            if code == "no-unit" && !member.unit().is_empty() {
                return self.add(
                    "no-workplace",
                    member,
                    format!("{} has no workplace", member.number()),
                    "the branch knows it; the notice counts by workplace",
                );
            }
            return self.add(code, member, what, &fix);
        }
        let Some(employer) = self.against.employers.find(member.employer()) else { return };
        if member.workplace().is_empty() {
            self.add(
                "no-workplace",
                member,
                format!("{} has no workplace", member.number()),
                "the branch knows it; the notice counts by workplace",
            );
        }
        let unit = employer.workplace(member.workplace()).map(|(_, unit)| unit).or_else(|| employer.only_unit());
        if let Some(unit) = unit
            && !member.unit().is_empty()
            && comparable(unit, false) != comparable(member.unit(), false)
        {
            let what = format!(
                "{} is put into the unit “{}”, but {} of {} is in “{unit}”",
                member.number(),
                short(member.unit()),
                if member.workplace().is_empty() { "everybody" } else { member.workplace() },
                employer.name
            );
            let fix = format!("correct the unit to “{unit}”, or the workplace, or the employers file");
            self.add("wrong-unit", member, what, &fix);
        }
    }

    /// What is wrong with an employer and a workplace as such.
    fn why(&self, employer: &str, workplace: &str) -> Option<(&'static str, String, String)> {
        let employers = self.against.employers;
        let puzzle = self.whys.len() < PUZZLED_OVER;
        if employer.is_empty() {
            let owner = if puzzle && !workplace.is_empty() { employers.with_workplace(workplace) } else { None };
            let fix = match owner {
                Some(owner) => format!("“{}” is a workplace of {}", short(workplace), owner.name),
                None => "fill in the employer".to_owned(),
            };
            return Some(("unknown-employer", "the employer is not said".to_owned(), fix));
        }
        let Some(known) = employers.find(employer) else {
            let near = if puzzle { employers.nearest(employer) } else { None };
            let fix = match near {
                Some(near) => format!("did you mean {near}?"),
                None => "add it to the employers file, or correct it".to_owned(),
            };
            return Some(("unknown-employer", format!("there is no employer “{}”", short(employer)), fix));
        };
        if workplace.is_empty() {
            return known.only_unit().is_none().then(|| {
                let what = format!("{} is in {} units, and no workplace says in which", known.name, known.units().len());
                ("no-unit", what, "fill in the workplace or the unit".to_owned())
            });
        }
        // An employer without a list of workplaces takes any.
        if known.workplace(workplace).is_some() || known.workplaces().next().is_none() {
            return None;
        }
        let near = if puzzle { nearest_name(workplace, known.workplaces()) } else { None };
        let owner = if puzzle && near.is_none() { employers.with_workplace(workplace) } else { None };
        let fix = match (near, owner) {
            (Some(near), _) => format!("did you mean {near}?"),
            (None, Some(owner)) => format!("it is a workplace of {}: correct one of the two", owner.name),
            (None, None) => "add it to the employers file, or correct it".to_owned(),
        };
        Some(("unknown-workplace", format!("{} has no workplace “{}”", known.name, short(workplace)), fix))
    }

    /// Groups of two and more with the same key; members without one are left out.
    fn groups(&self, of: &[u32], key: impl Fn(&Member) -> Option<String>) -> Vec<Vec<u32>> {
        let keyed = of.iter().filter_map(|at| key(&self.list.members[*at as usize]).map(|key| (key, *at)));
        let mut keyed: Vec<(String, u32)> = keyed.collect();
        keyed.sort_unstable();
        keyed.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1).map(|group| group.iter().map(|(_, at)| *at).collect()).collect()
    }

    /// One fault for all rows of a group, at the first of them.
    fn group(&mut self, code: &'static str, group: &[u32], what: impl FnOnce(&str) -> String, fix: &str) {
        let members = &self.list.members;
        let mut lines: Vec<u32> = group.iter().map(|at| members[*at as usize].place.line).collect();
        lines.sort_unstable();
        let mut numbers: Vec<String> = group.iter().map(|at| members[*at as usize].number().to_owned()).collect();
        numbers.sort_unstable();
        let first = group.iter().min_by_key(|at| members[**at as usize].place.clone()).copied().unwrap_or(0);
        let who =
            if numbers.len() > 6 { format!("{} and {} more", numbers[..5].join(", "), numbers.len() - 5) } else { numbers.join(", ") };
        let mut found = finding(code, members[first as usize].place.clone(), what(&who), fix);
        found.members = numbers;
        found.lines = lines;
        self.findings.push(found);
    }

    fn numbers(&mut self, of: &[u32]) -> BTreeSet<u32> {
        let mut doubled = BTreeSet::new();
        for group in self.groups(of, |member| Some(member.number().to_ascii_uppercase())) {
            let lines: Vec<String> = group.iter().map(|at| self.list.members[*at as usize].place.line.to_string()).collect();
            let number = self.list.members[group[0] as usize].number().to_owned();
            let what = format!("the number {number} stands on {} rows ({})", group.len(), lines.join(", "));
            self.group("duplicate-number", &group, |_| what, "keep the row that is right, or give each person their own number");
            doubled.extend(group);
        }
        doubled
    }

    /// People who are one person, or may be: same name and address.
    fn clones(&mut self, of: &[u32]) -> BTreeSet<u32> {
        let mut cloned = BTreeSet::new();
        let key = |member: &Member| {
            let address = address_key(member)?;
            (!member.name().is_empty()).then(|| format!("{}|{address}", comparable(member.name(), true)))
        };
        for group in self.groups(of, key) {
            let mut born: BTreeMap<Option<Date>, Vec<u32>> = BTreeMap::new();
            for at in &group {
                born.entry(self.list.members[*at as usize].born).or_default().push(*at);
            }
            let unknown = born.remove(&None).unwrap_or_default();
            for (day, same) in born.iter().filter(|(_, same)| same.len() > 1) {
                let day = day.map_or_else(String::new, |day| day.to_string());
                self.group(
                    "clone",
                    same,
                    |who| format!("{who}: the same name, address and date of birth ({day}), so the same person with a vote each"),
                    "keep one membership number; if they are two people after all, accept it with the reason",
                );
                cloned.extend(same);
            }
            if !unknown.is_empty() {
                self.group(
                    "look-alike",
                    &group,
                    |who| format!("{who}: the same name and address; no date of birth tells them apart"),
                    "find out whether they are one person; father and son, perhaps",
                );
                cloned.extend(group);
            }
        }
        cloned
    }

    fn shared(&mut self, of: &[u32]) {
        for group in self.groups(of, |member| (!member.email().is_empty()).then(|| mailbox(member.email()))) {
            let email = mailbox(self.list.members[group[0] as usize].email());
            self.group(
                "same-email",
                &group,
                |who| format!("{who}: all have the e-mail address {}", short(&email)),
                "ask each for an address of their own: whoever reads the mail can vote for all",
            );
        }
        for group in self.groups(of, |member| (!member.phone().is_empty()).then(|| member.phone().to_owned())) {
            let phone = self.list.members[group[0] as usize].phone().to_owned();
            self.group(
                "same-phone",
                &group,
                |who| format!("{who}: all have the telephone number {phone}"),
                "a shared telephone at home is no fault; nothing secret goes there",
            );
        }
    }

    fn addresses(&mut self, of: &[u32]) {
        let shared = self.against.shared_addresses;
        let key = |member: &Member| {
            let excluded = shared.contains(member.postcode()) || member.address().any(|line| shared.contains(&comparable(line, false)));
            if excluded { None } else { address_key(member) }
        };
        let crowded: Vec<Vec<u32>> = self.groups(of, key).into_iter().filter(|group| group.len() >= self.against.many).collect();
        for group in crowded {
            let first = &self.list.members[group[0] as usize];
            let address = format!("{}, {}", first.address().next().unwrap_or_default(), first.postcode());
            let many = group.len();
            self.group(
                "many-at-one-address",
                &group,
                |who| format!("{many} members at {}: {who}", short(&address)),
                "find out whether they live there; a hostel or hall goes into the list of shared addresses",
            );
        }
    }
}

/// What makes two addresses one: the postcode with the first line, and with the second too where the first is only a flat or a house name.
fn address_key(member: &Member) -> Option<String> {
    let mut lines = member.address();
    let first = comparable(lines.next()?, false);
    let whole = first.bytes().any(|b| b.is_ascii_digit())
        && !["flat", "room", "apartment", "unit", "block"].iter().any(|word| first.starts_with(word) && first.split(' ').count() <= 2);
    let second = if whole { String::new() } else { lines.next().map(|line| comparable(line, false)).unwrap_or_default() };
    let mut key = String::with_capacity(64);
    for (at, word) in first.split(' ').chain(second.split(' ')).filter(|word| !word.is_empty()).enumerate() {
        if at > 0 {
            key.push(' ');
        }
        key.push_str(match word {
            "street" => "st",
            "road" => "rd",
            "avenue" => "ave",
            "lane" => "ln",
            "close" => "cl",
            "drive" => "dr",
            "crescent" => "cres",
            "apartment" => "flat",
            other => other,
        });
    }
    if member.postcode().is_empty() {
        // Without a postcode two towns have the same street: all lines count.
        return Some(format!("{key}|{}", member.address().map(|line| comparable(line, false)).collect::<Vec<_>>().join("|")));
    }
    Some(format!("{}|{key}", member.postcode()))
}
