//! A dispute, read from the files of its folder.

use std::collections::{BTreeMap, BTreeSet};

use dated::{Cite, Date, Fault, Faults, FileBytes, Month, Place, Ratio, Source, Sources, Status, Table, TomlFile, nearest_name};
use include_dir::{Dir, include_dir};
use pay::{Change, Evidence, Framework, Lump, Offer, Prices, QuotedFigure, Scale, Select};

use crate::action::{Call, Campaign};
use crate::campaign::CampaignPlan;
use crate::conference::Conference;
use crate::decide::Motion;
use crate::exemptions::{Exemption, read_exemptions};
use crate::library::{Library, read_scales};
use crate::papers::Papers;
use crate::people::{Event, Group, Nation, Party};
use crate::polls::Poll;
use crate::talks::{self, Demand, Meeting, Position, Talks};
use crate::terms::ActionTerms;

/// The files of a dispute folder, by path inside the folder with `/` between names.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// How messages name the folder.
    pub name: String,
    /// The files.
    pub files: BTreeMap<String, FileBytes>,
}

/// The five disputes that Whitley carries, as they were when the program was built.
pub struct FoundingDisputes;

static FOUNDING: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../disputes");

impl FoundingDisputes {
    /// Their ids.
    pub fn ids() -> Vec<String> {
        FOUNDING.dirs().filter_map(|dir| dir.path().file_name()).map(|name| name.to_string_lossy().into_owned()).collect()
    }

    /// The files of one of them.
    pub fn folder(id: &str) -> Option<Folder> {
        let dir = FOUNDING.get_dir(id)?;
        let mut folder = Folder { name: id.to_owned(), files: BTreeMap::new() };
        collect(dir, id, &mut folder);
        Some(folder)
    }
}

fn collect(dir: &Dir<'_>, id: &str, folder: &mut Folder) {
    for file in dir.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        let inside = path.strip_prefix(id).unwrap_or(&path).trim_start_matches('/').to_owned();
        folder.files.insert(inside, FileBytes::Read(file.contents().to_vec()));
    }
    for inner in dir.dirs() {
        collect(inner, id, folder);
    }
}

/// A pay dispute.
#[derive(Clone, Debug)]
pub struct Dispute {
    /// Its id, the folder's name.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// What it was about, in our words.
    pub summary: String,
    /// When it began.
    pub began_on: Option<Date>,
    /// When it ended.
    pub ended_on: Option<Date>,
    /// The parties.
    pub parties: Vec<Party>,
    /// The groups of staff.
    pub groups: Vec<Group>,
    /// The nations.
    pub nations: Vec<Nation>,
    /// What happened, by date.
    pub events: Vec<Event>,
    /// How it ended.
    pub outcomes: Vec<Event>,
    /// Recommendations, offers, claims and awards, by id.
    pub offers: Vec<Offer>,
    /// Conferences with their agenda and log.
    pub conferences: Vec<Conference>,
    /// Motions and amendments: those of the conferences, and those of which only the outcome was written down.
    pub motions: Vec<Motion>,
    /// Positions of the parties.
    pub positions: Vec<Position>,
    /// Demands.
    pub demands: Vec<Demand>,
    /// Meetings.
    pub meetings: Vec<Meeting>,
    /// Councils, decisions, sticking points, items of claims, agreements, guides.
    pub talks: Talks,
    /// Polls with results of record.
    pub polls: Vec<Poll>,
    /// What the printed papers of the polls say.
    pub papers: Vec<Papers>,
    /// Calls to action.
    pub calls: Vec<Call>,
    /// What goes with the calls: notices, postponements, agreements, services, costs.
    pub terms: ActionTerms,
    /// The exemptions log.
    pub exemptions: Vec<Exemption>,
    /// Campaigns.
    pub campaigns: Vec<Campaign>,
    /// Quoted figures.
    pub figures: Vec<QuotedFigure>,
    /// What letters and postcards ask.
    pub campaign_plan: CampaignPlan,
    /// All sources that may be named: the library's and the dispute's own.
    pub sources: Sources,
    /// Who describes the dispute as a whole.
    pub source: Cite,
    /// How sure that description is.
    pub status: Option<Status>,
    pay: PayFrame,
}

/// The `[pay]` table of `dispute.toml`.
#[derive(Clone, Debug)]
struct PayFrame {
    scales: Vec<Scale>,
    prices: Prices,
    year_start_month: i8,
    prices_known: Option<Month>,
    full_time_hours: Option<Ratio>,
    place: Place,
}

/// `dispute.toml` and everything in it.
struct Head {
    id: Option<String>,
    title: Option<String>,
    summary: Option<String>,
    began_on: Option<Date>,
    ended_on: Option<Date>,
    parties: Vec<Party>,
    groups: Vec<Group>,
    nations: Vec<Nation>,
    events: Vec<Event>,
    outcomes: Vec<Event>,
    source: Cite,
    status: Option<Status>,
    pay: PayFrame,
    /// Names of parties, groups and nations that are there but could not be read.
    unread: Vec<String>,
}

impl Dispute {
    /// Reads all files of the folder. The dispute is `None` when `dispute.toml` is missing or lacks its own id or title;
    /// what else could be read is checked all the same, so that one run shows every fault.
    ///
    /// Callers must not compute anything from a dispute whose faults contain an error.
    pub fn read(folder: &Folder, library: &Library) -> (Option<Self>, Vec<Fault>) {
        let faults = Faults::new();
        let mut sources = library.sources.clone();
        let path = |name: &str| format!("{}/{name}", folder.name);
        let head_name = path("dispute.toml");
        let head = match folder.files.get("dispute.toml") {
            None => {
                faults.error(
                    "file-missing",
                    &Place::new(&head_name, 1),
                    "the folder has no dispute.toml",
                    "`whitley new NAME` makes a folder with all files; see docs/spec/dispute-folder.md",
                );
                None
            }
            Some(bytes) => TomlFile::read(&head_name, bytes, &faults).map(|file| {
                file.with_root(&faults, |root| {
                    read_sources(root, &mut sources);
                    let own_scales = folder.files.get("scales/scales.toml").map_or_else(Vec::new, |bytes| {
                        read_scales(&path("scales/scales.toml"), bytes, &sources, &faults, |name| {
                            let inside = format!("scales/{name}");
                            folder.files.get(&inside).map(|bytes| (path(&inside), bytes.clone()))
                        })
                    });
                    let mut prices = library.prices.clone();
                    if let Some(bytes) = folder.files.get("prices.csv") {
                        prices.add_csv(&path("prices.csv"), bytes, &sources, &faults);
                    }
                    read_head(root, &sources, library, own_scales, prices)
                })
            }),
        };
        let mut body = Body::default();
        for (name, bytes) in &folder.files {
            body.read_file(name, &path(name), bytes, &sources, &faults);
        }
        body.hold_conferences(&sources, &faults);
        let Some(head) = head else {
            // The dispute's own sources stand in the file that could not be read: that they are not known is no news.
            // Nor is it, in a folder that is no dispute at all, that its files are not part of one.
            let no_news = |fault: &Fault| {
                fault.code == "unknown-source" || (fault.code == "unknown-file" && !folder.files.contains_key("dispute.toml"))
            };
            let faults = faults.into_sorted().into_iter().filter(|fault| !no_news(fault));
            return (None, faults.collect());
        };
        // Without these it is no dispute, but whether its parts fit together is checked all the same.
        let is_complete = head.id.is_some() && head.title.is_some() && head.summary.is_some();
        body.offers.sort_by(|a, b| (a.kind, a.made_on, &a.id).cmp(&(b.kind, b.made_on, &b.id)));
        let mut events = head.events;
        events.sort_by_key(|event| event.when.map(pay::When::earliest));
        let dispute = Self {
            id: head.id.unwrap_or_default(),
            title: head.title.unwrap_or_default(),
            summary: head.summary.unwrap_or_default(),
            began_on: head.began_on,
            ended_on: head.ended_on,
            parties: head.parties,
            groups: head.groups,
            nations: head.nations,
            events,
            outcomes: head.outcomes,
            offers: body.offers,
            conferences: body.conferences,
            motions: body.motions,
            positions: body.positions,
            demands: body.demands,
            meetings: body.meetings,
            talks: body.talks,
            polls: body.polls,
            papers: body.papers,
            calls: body.calls,
            terms: body.terms,
            exemptions: body.exemptions,
            campaigns: body.campaigns,
            figures: body.figures,
            campaign_plan: body.campaign_plan,
            sources,
            source: head.source,
            status: head.status,
            pay: head.pay,
        };
        let unread: Vec<&str> = head.unread.iter().chain(&body.unread).map(String::as_str).collect();
        dispute.check(library, &unread, &faults);
        (is_complete.then_some(dispute), faults.into_sorted())
    }

    /// What its offers are valued with.
    pub fn framework(&self) -> Framework<'_> {
        Framework {
            scales: self.pay.scales.iter().collect(),
            prices: &self.pay.prices,
            year_start_month: self.pay.year_start_month,
            prices_known: self.pay.prices_known,
            full_time_hours: self.pay.full_time_hours,
            groups: self.groups.iter().map(|group| group.id.clone()).collect(),
            group: None,
            nations: self
                .nations
                .iter()
                .map(|nation| (nation.name.clone(), nation.scale_of.clone().unwrap_or_else(|| nation.name.clone())))
                .collect(),
        }
    }

    /// The offer of that id.
    pub fn offer(&self, id: &str) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.id == id)
    }

    /// The name of a party, or its id if it is not known.
    pub fn party_name<'d>(&'d self, id: &'d str) -> &'d str {
        self.parties.iter().find(|party| party.id == id).map_or(id, |party| &party.name)
    }

    /// Every quoted figure with its verdict.
    pub fn check_figures<'d>(&'d self, library: &Library) -> Vec<pay::CheckedFigure<'d>> {
        let framework = self.framework();
        let evidence = Evidence { offers: &self.offers, framework: &framework, tables: &library.tables };
        self.figures.iter().map(|figure| figure.check(evidence)).collect()
    }

    /// `unread` are the names of parts that are there but could not be read: their own faults are enough, and nobody
    /// is told that they are not known.
    fn check(&self, library: &Library, unread: &[&str], faults: &Faults) {
        self.check_ids(faults);
        let parties: Vec<&str> = self.parties.iter().map(|party| party.id.as_str()).chain(unread.iter().copied()).collect();
        let offers: Vec<&str> = self.offers.iter().map(|offer| offer.id.as_str()).chain(unread.iter().copied()).collect();
        let groups: Vec<&str> = self.groups.iter().map(|group| group.id.as_str()).chain(unread.iter().copied()).collect();
        let nations: Vec<&str> = self.nations.iter().map(|nation| nation.name.as_str()).chain(unread.iter().copied()).collect();
        let motions: Vec<&str> = self.motions.iter().map(|motion| motion.id.as_str()).chain(unread.iter().copied()).collect();
        let party = |name: &(String, Place)| check_known(name, &parties, "unknown-party", "party", faults);
        let offer = |name: &(String, Place)| check_known(name, &offers, "unknown-offer", "offer", faults);
        talks::check(self, unread, faults);
        for motion in self.motions_of_record() {
            motion.amends.iter().for_each(|name| check_known(name, &motions, "unknown-motion", "motion", faults));
        }
        let amended = self.motions_of_record().filter_map(|motion| Some((motion.id.as_str(), motion.amends.as_ref()?)));
        check_no_circle(amended.collect(), "motion", "an amendment is to another motion that stands by itself in the end", faults);
        self.conferences.iter().flat_map(Conference::offers_named).for_each(offer);
        for poll in &self.polls {
            party(&poll.union);
            poll.about.iter().for_each(offer);
        }
        let units: Vec<&str> = self.polls.iter().flat_map(|poll| &poll.units).map(|unit| unit.id.as_str()).collect();
        for call in &self.calls {
            party(&call.who);
            call.units.iter().for_each(|unit| check_known(unit, &units, "unknown-unit", "unit of a poll", faults));
        }
        let polls: Vec<&str> = self.polls.iter().map(|poll| poll.id.as_str()).collect();
        for papers in &self.papers {
            check_known(&papers.poll, &polls, "unknown-poll", "poll of this dispute", faults);
            let Some(poll) = self.polls.iter().find(|poll| poll.id == papers.poll.0) else { continue };
            let units: Vec<&str> = poll.units.iter().map(|unit| unit.id.as_str()).collect();
            papers.employers.iter().for_each(|employer| check_known(&employer.unit, &units, "unknown-unit", "unit of this poll", faults));
        }
        check_unique("papers of the poll", self.papers.iter().map(|papers| (papers.poll.0.as_str(), &papers.poll.1)), faults);
        self.terms.check(&self.exemptions, &units, &party, faults);
        self.campaigns.iter().for_each(|campaign| party(&campaign.who));
        self.campaign_plan.parties().for_each(party);
        self.campaign_plan.offers().for_each(offer);
        for figure in &self.figures {
            party(&figure.who);
            figure.check_references(&offers, &library.tables, &nations, faults);
        }
        for nation in &self.nations {
            let known = nation.scale_of.as_deref().unwrap_or(&nation.name);
            let somewhere = self.pay.scales.iter().any(|scale| scale.nations().contains(&known));
            if !self.pay.scales.is_empty() && !somewhere {
                let all: Vec<&str> = self.pay.scales.iter().flat_map(Scale::nations).collect();
                faults.error(
                    "unknown-nation",
                    &nation.place,
                    format!("no scale of this dispute has rates for {known}"),
                    if all.is_empty() {
                        "no scale has a table for any nation: mend the scales first".to_owned()
                    } else {
                        format!("add `scale_of = \"…\"`, one of {}", unique(&all).join(", "))
                    },
                );
            }
        }
        for item in &self.offers {
            item.made_by.iter().for_each(party);
            item.counted.iter().for_each(|counted| party(&counted.who));
            let all_nations = item.nations.iter().chain(item.steps.iter().flat_map(|step| &step.nations));
            for name in all_nations.chain(item.lumps.iter().flat_map(|lump| &lump.nations)) {
                check_known(name, &nations, "unknown-nation", "nation of this dispute", faults);
            }
            for name in item.groups.iter().chain(item.steps.iter().flat_map(|step| &step.groups)) {
                check_known(name, &groups, "unknown-group", "group of this dispute", faults);
            }
            let scales: Vec<&str> = self.pay.scales.iter().map(|scale| scale.id.as_str()).collect();
            for name in item.scales.iter().flatten() {
                check_known(name, &scales, "unknown-scale", "scale of this dispute", faults);
            }
            self.check_points(item, faults);
            self.check_minimum_wage(item, &library.minimum_wage, faults);
        }
    }

    /// Motions of which only the outcome was written down; those of a conference are checked with its agenda.
    fn motions_of_record(&self) -> impl Iterator<Item = &Motion> {
        self.motions.iter().filter(|motion| self.conferences.iter().all(|conference| conference.place.file != motion.place.file))
    }

    /// Every band and point that an offer names must exist on one of its scales on its base date.
    fn check_points(&self, offer: &Offer, faults: &Faults) {
        let framework = self.framework();
        let Some(base_date) = offer.base_date else { return };
        let mut bands: Vec<String> = Vec::new();
        let mut points: Vec<String> = Vec::new();
        let mut found_any = false;
        let mut problem = None;
        for (nation, place) in &offer.nations {
            if !self.nations.iter().any(|known| known.name == *nation) {
                continue;
            }
            let view = framework.view(offer, nation);
            for scale in framework.scales_of(offer) {
                match scale.table_on(view.scale_nation, base_date) {
                    Ok(table) => {
                        found_any = true;
                        points.extend(table.points.iter().map(|point| point.id.clone()));
                        bands.extend(table.points.iter().flat_map(|point| point.bands.clone()));
                    }
                    Err(missing) => problem = Some((missing.to_string(), place.clone())),
                }
            }
        }
        if !found_any {
            if let Some((what, place)) = problem {
                faults.error(
                    "no-base-rates",
                    &place,
                    format!("{what}: the offer has no base rates"),
                    "correct base_date, or add the scale's table for that day with its source",
                );
            }
            return;
        }
        points.extend(offer.steps.iter().flat_map(|step| &step.new_points).map(|new| new.point.clone()));
        bands.extend(offer.steps.iter().flat_map(|step| &step.new_points).flat_map(|new| new.bands.clone()));
        let (points, bands) = (unique(&points), unique(&bands));
        let known = |list: &[String]| list.join(", ");
        let point = |name: &(String, Place)| {
            if !points.contains(&name.0) {
                let fix = match nearest_name(&name.0, points.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean “{near}”? The points are {}", known(&points)),
                    None => format!("one of {}", known(&points)),
                };
                faults.error("missing-point", &name.1, format!("the scale has no point “{}” on {base_date}", name.0), fix);
            }
        };
        let select = |select: &Select| {
            select.points.iter().for_each(point);
            for name in &select.bands {
                if !bands.contains(&name.0) {
                    faults.error(
                        "missing-band",
                        &name.1,
                        format!("the scale has no band “{}” on {base_date}", name.0),
                        format!("one of {}", known(&bands)),
                    );
                }
            }
        };
        for step in &offer.steps {
            for Change { select: selection, rise, place, .. } in &step.changes {
                select(selection);
                if let pay::Rise::Rates(rates) = rise {
                    rates.keys().for_each(|name| point(&(name.clone(), place.clone())));
                }
            }
            for moved in &step.assimilate {
                point(&moved.from);
                point(&moved.to);
            }
        }
        let moves = offer.steps.iter().flat_map(|step| &step.assimilate).map(|moved| (moved.from.0.as_str(), &moved.to));
        check_no_circle(moves.collect(), "point", "a point that goes moves to one that stays", faults);
        for Lump { select: selection, .. } in &offer.lumps {
            select(selection);
        }
    }

    fn check_ids(&self, faults: &Faults) {
        check_unique("party", self.parties.iter().map(|party| (party.id.as_str(), &party.place)), faults);
        check_unique("group", self.groups.iter().map(|group| (group.id.as_str(), &group.place)), faults);
        check_unique("nation", self.nations.iter().map(|nation| (nation.name.as_str(), &nation.place)), faults);
        check_unique("offer", self.offers.iter().map(|offer| (offer.id.as_str(), &offer.place)), faults);
        check_unique("motion", self.motions_of_record().map(|motion| (motion.id.as_str(), &motion.place)), faults);
        check_unique("conference", self.conferences.iter().map(|conference| (conference.id.as_str(), &conference.place)), faults);
        check_unique("poll", self.polls.iter().map(|poll| (poll.id.as_str(), &poll.place)), faults);
        check_unique("figure", self.figures.iter().map(|figure| (figure.id.as_str(), &figure.place)), faults);
        for poll in &self.polls {
            check_unique("question", poll.questions.iter().map(|question| (question.id.as_str(), &question.place)), faults);
            check_unique("unit", poll.units.iter().map(|unit| (unit.id.as_str(), &unit.place)), faults);
        }
    }
}

fn unique<T: Ord + Clone>(names: &[T]) -> Vec<T> {
    let mut seen = std::collections::BTreeSet::new();
    names.iter().filter(|name| seen.insert((*name).clone())).cloned().collect()
}

/// Each name leads to at most one other; following them must come to an end. A circle is said once, at its first link.
fn check_no_circle(links: Vec<(&str, &(String, Place))>, what: &str, fix: &str, faults: &Faults) {
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (start, first) in &links {
        let mut way = vec![*start];
        let mut next = first.0.as_str();
        while !way.contains(&next) {
            way.push(next);
            match links.iter().find(|(from, _)| *from == next) {
                Some((_, to)) => next = to.0.as_str(),
                None => break,
            }
        }
        if next == *start && !told.contains(start) {
            told.extend(way);
            faults.error("circle", &first.1, format!("{what} “{start}” leads back to itself"), fix);
        }
    }
}

pub(crate) fn check_unique<'p>(what: &str, ids: impl Iterator<Item = (&'p str, &'p Place)>, faults: &Faults) {
    let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
    for (id, place) in ids {
        match seen.get(id) {
            Some(first) => faults.error(
                "duplicate-id",
                place,
                format!("the {what} “{id}” stands twice; the other is at {first}"),
                format!("give each {what} its own id"),
            ),
            None => {
                seen.insert(id, place);
            }
        }
    }
}

pub(crate) fn check_known(name: &(String, Place), known: &[&str], code: &'static str, what: &str, faults: &Faults) {
    if known.contains(&name.0.as_str()) {
        return;
    }
    let fix = match nearest_name(&name.0, known.iter().copied()) {
        Some(near) => format!("did you mean “{near}”?"),
        None if known.is_empty() => format!("this dispute has no {what}; add one"),
        None => format!("one of {}", known.join(", ")),
    };
    faults.error(code, &name.1, format!("“{}” is no {what}", name.0), fix);
}

fn read_sources(root: &Table<'_>, sources: &mut Sources) {
    let own = root.list("publication", |entry, _| {
        let id = entry.text("id");
        let title = entry.text("title");
        let location = entry.text("where");
        let licence = entry.optional_text("licence").unwrap_or_default();
        Some((Source { id: id?, title: title?, location: location?, licence }, entry.place()))
    });
    for (source, place) in own {
        sources.add(source, &place, root.faults());
    }
}

fn read_head(root: &Table<'_>, sources: &Sources, library: &Library, own_scales: Vec<Scale>, prices: Prices) -> Head {
    let mut scales = Vec::new();
    let mut pay =
        PayFrame { scales: Vec::new(), prices, year_start_month: 4, prices_known: None, full_time_hours: None, place: root.place() };
    let table = root.optional_table("pay", |table| {
        pay.place = table.place();
        scales = table.text_list("scales");
        if !table.has("scales") {
            table.fault(
                "missing-key",
                "scales",
                "[pay] does not say which scales are used",
                "add `scales = [\"…\"]`, or `scales = []` when they are not in the data",
            );
        }
        if let Some(month) = table.optional_count("year_starts_month") {
            match i8::try_from(month).ok().filter(|month| (1..=12).contains(month)) {
                Some(month) => pay.year_start_month = month,
                None => {
                    table.fault("not-a-month", "year_starts_month", format!("{month} is no month"), "a number from 1 to 12; April is 4")
                }
            }
        }
        pay.prices_known = table.optional_month("prices_known");
        pay.full_time_hours = table.optional_decimal("full_time_hours");
        if let Some(hours) = pay.full_time_hours
            && !(hours > Ratio::ZERO && hours <= Ratio::whole(168))
        {
            table.fault("not-hours", "full_time_hours", format!("{hours} hours a week"), "hours of a full-time week, as in 37.5");
            pay.full_time_hours = None;
        }
        if pay.full_time_hours.is_some() || table.has("full_time_hours_source") {
            match table.optional_text("full_time_hours_source") {
                Some(cite) => drop(sources.check_cite(&cite, &table.place_of("full_time_hours_source"), table.faults())),
                None => table.fault(
                    "source-missing",
                    "full_time_hours",
                    "the full-time hours have no source",
                    "add `full_time_hours_source` and `full_time_hours_status`",
                ),
            }
            table.choice("full_time_hours_status", &Status::ALL.map(|status| (status.word(), status)));
        }
    });
    if table.is_none() && !root.has("pay") {
        root.fault("missing-key", "pay", "the dispute has no [pay] table", "add [pay] with scales, year_starts_month and prices_known");
    }
    for (id, place) in &scales {
        match own_scales.iter().chain(&library.scales).find(|scale| scale.id == *id) {
            Some(scale) => pay.scales.push(scale.clone()),
            None => {
                let known: Vec<&str> = own_scales.iter().chain(&library.scales).map(|scale| scale.id.as_str()).collect();
                check_known(&(id.clone(), place.clone()), &known, "unknown-scale", "scale that is known", root.faults());
            }
        }
    }
    let id = root.id("id");
    let title = root.text("title");
    let summary = root.text("summary");
    let began_on = root.optional_date("began_on");
    let ended_on = root.optional_date("ended_on");
    if let (Some(began), Some(ended)) = (began_on, ended_on)
        && ended < began
    {
        root.fault(
            "ends-before-beginning",
            "ended_on",
            format!("the dispute ends on {ended}, before it begins on {began}"),
            "correct one of the two dates",
        );
    }
    let source = root.cite(sources);
    let status = root.status();
    let mut unread = Vec::new();
    let parties = root.list("party", |entry, _| or_note(Party::read(entry, sources), entry, "id", &mut unread));
    let groups = root.list("group", |entry, _| or_note(Group::read(entry, sources), entry, "id", &mut unread));
    let nations = root.list("nation", |entry, _| or_note(Nation::read(entry, sources), entry, "name", &mut unread));
    let events = root.list("event", |entry, _| Event::read(entry, sources));
    let outcomes = root.list("outcome", |entry, _| Event::read(entry, sources));
    Head { id, title, summary, began_on, ended_on, parties, groups, nations, events, outcomes, source, status, pay, unread }
}

/// Notes the name of a part that could not be read.
fn or_note<T>(part: Option<T>, table: &Table<'_>, key: &str, unread: &mut Vec<String>) -> Option<T> {
    if part.is_none() {
        unread.extend(table.optional_text(key));
    }
    part
}

/// What stands in all files but `dispute.toml`.
#[derive(Default)]
struct Body {
    offers: Vec<Offer>,
    conferences: Vec<Conference>,
    /// Branches and delegates of the conferences: `decide/*.csv` by path, with the name to show.
    tables: BTreeMap<String, (String, FileBytes)>,
    motions: Vec<Motion>,
    positions: Vec<Position>,
    demands: Vec<Demand>,
    meetings: Vec<Meeting>,
    talks: Talks,
    polls: Vec<Poll>,
    papers: Vec<Papers>,
    calls: Vec<Call>,
    terms: ActionTerms,
    exemptions: Vec<Exemption>,
    campaigns: Vec<Campaign>,
    figures: Vec<QuotedFigure>,
    campaign_plan: CampaignPlan,
    /// Names of offers and motions that are there but could not be read.
    unread: Vec<String>,
}

impl Body {
    fn read_file(&mut self, name: &str, shown: &str, bytes: &FileBytes, sources: &Sources, faults: &Faults) {
        if matches!(name, "dispute.toml" | "prices.csv") || name.starts_with("scales/") || name.ends_with(".md") {
            return;
        }
        if name == "exemptions.csv" {
            self.exemptions = read_exemptions(shown, bytes, faults);
            return;
        }
        let folder = name.split_once('/').map(|(folder, _)| folder);
        if matches!(name, "decide/branches.csv" | "decide/delegates.csv") || crate::conference::is_vote_file(name) {
            self.tables.insert(name.to_owned(), (shown.to_owned(), bytes.clone()));
            return;
        }
        let is_known = matches!(
            (folder, name),
            (Some("offers" | "decide" | "polls" | "papers" | "agreements" | "guides"), _)
                | (None, "action.toml" | "campaign.toml" | "quoted.toml")
        );
        if !is_known || !name.ends_with(".toml") {
            faults.warning(
                "unknown-file",
                &Place::new(shown, 1),
                "this file is not part of a dispute folder and is not read",
                "offers/*.toml, decide/*.toml, polls/*.toml, papers/*.toml, agreements/*.toml, guides/*.toml, action.toml, exemptions.csv, campaign.toml and quoted.toml are; remove or rename it",
            );
            return;
        }
        let offers_before = self.offers.len();
        self.read_known_file(folder, name, shown, bytes, sources, faults);
        if folder == Some("offers") && self.offers.len() == offers_before {
            // An offer that could not be read usually has the name of its file.
            self.unread.extend(name.rsplit('/').next().and_then(|file| file.strip_suffix(".toml")).map(str::to_owned));
        }
    }

    /// Checks each agenda and replays each log, once all files are read; what was decided stands among the motions.
    fn hold_conferences(&mut self, sources: &Sources, faults: &Faults) {
        for conference in &mut self.conferences {
            conference.hold(&self.tables, sources, faults);
            let decided = conference.items.iter().filter_map(|item| conference.decision(&item.id));
            self.motions.extend(decided.map(|decision| Motion::of_decision(conference, decision)));
        }
        for (path, (shown, _)) in self.tables.iter().filter(|(path, _)| crate::conference::is_vote_file(path)) {
            let name = path.rsplit('/').next().unwrap_or(path);
            if !self.conferences.iter().any(|conference| conference.vote_files_named().any(|named| named == name)) {
                let fix = "name it in the [[log]]: `cards_file`, or `file` of a keying; or remove it";
                faults.warning("file-not-named", &Place::new(shown, 1), "no vote of a conference is taken from this file", fix);
            }
        }
    }

    fn read_known_file(&mut self, folder: Option<&str>, name: &str, shown: &str, bytes: &FileBytes, sources: &Sources, faults: &Faults) {
        if name == "campaign.toml" {
            self.campaign_plan = CampaignPlan::read(shown, bytes, sources, faults);
            return;
        }
        let Some(file) = TomlFile::read(shown, bytes, faults) else { return };
        file.with_root(faults, |root| match (folder, name) {
            (Some("offers"), _) => self.offers.extend(or_note(Offer::read(root, sources), root, "id", &mut self.unread)),
            (Some("polls"), _) => self.polls.extend(Poll::read(root, sources)),
            (Some("agreements"), _) => self.talks.read_agreement(root, sources, &mut self.unread),
            (Some("guides"), _) => self.talks.read_guide(root, sources),
            (Some("papers"), _) => self.papers.extend(Papers::read(root, sources)),
            (Some(_), _) => {
                if Conference::stands_in(root) {
                    self.conferences.extend(Conference::read(root, sources));
                } else {
                    self.motions
                        .extend(root.list("motion", |entry, _| or_note(Motion::read(entry, sources), entry, "id", &mut self.unread)));
                }
                self.positions.extend(root.list("position", |entry, _| Position::read(entry, sources)));
                self.demands.extend(root.list("demand", |entry, _| Demand::read(entry, sources)));
                self.meetings.extend(root.list("meeting", |entry, _| Meeting::read(entry, sources)));
                self.talks.read_lists(root, sources);
            }
            (None, "action.toml") => {
                self.calls.extend(root.list("call", |entry, _| Call::read(entry, sources)));
                self.campaigns.extend(root.list("campaign", |entry, _| Campaign::read(entry, sources)));
                self.terms.read(root, sources);
            }
            (None, _) => self.figures.extend(root.list("figure", |entry, _| QuotedFigure::read(entry, sources))),
        });
    }
}
