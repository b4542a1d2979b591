//! What a member chose and typed, with everything that is wrong in it; and the choices that there are.

use dated::{Date, Ratio};
use pay::{Claimant, MemberPost, Offer, OfferKind};

use super::{is_for, seen_in};
use crate::asked::{Asked, Opened, Trouble};
use crate::offer::take_home::{NATIONS, OnCredit};
use crate::offer::typed::{parse_day, parse_hours, parse_pounds};
use crate::pages::parts::{Choice, Choices, Wrong};

/// What is asked, as far as it could be read.
pub(super) struct Typed<'t> {
    /// Where members of this dispute may live, for the choice.
    pub(super) nations: Vec<String>,
    /// Where this one does.
    pub(super) nation: String,
    /// The groups among which the offers tell.
    pub(super) groups: Vec<String>,
    /// The one that is meant.
    pub(super) group: Option<String>,
    /// The offers for members there.
    pub(super) offers: Vec<&'t Offer>,
    pub(super) post: MemberPost,
    pub(super) hours: Option<Ratio>,
    pub(super) increment_on: Option<Date>,
    pub(super) passes_gate: bool,
    /// The id of a scheme, or `none`.
    pub(super) pension: String,
    pub(super) loans: Vec<String>,
    /// Universal Credit; off by default.
    pub(super) on_credit: Option<OnCredit>,
    written: Vec<(&'static str, String)>,
}

impl Typed<'_> {
    /// A field as it was typed, to be shown again.
    pub(super) fn written(&self, name: &str) -> String {
        self.written.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

pub(super) fn read<'t>(opened: &Opened<'t>, asked: &Asked<'_>) -> Result<(Typed<'t>, Vec<Wrong>), Trouble> {
    let dispute = opened.dispute;
    if dispute.offers.is_empty() {
        return Err(Trouble::not_there("this dispute has no offers yet, so there is nothing to work out"));
    }
    let mut wrong = Vec::new();
    let nations = nations(&dispute.offers);
    let nation = match asked.one("nation") {
        Some(name) if nations.iter().any(|known| known == name) => name.to_owned(),
        Some(name) => {
            return Err(Trouble::question(format!("no offer of this dispute is for “{name}”; they are for {}", nations.join(", "))));
        }
        None => nations[0].clone(),
    };
    let groups = groups(&dispute.offers, &dispute.framework().groups);
    let group = match asked.one("group") {
        Some(id) if groups.iter().any(|known| known == id) => Some(id.to_owned()),
        Some(id) => {
            return Err(Trouble::question(format!("no offer of this dispute tells the group “{id}” apart; they tell {}", list(&groups))));
        }
        None => groups.first().cloned(),
    };
    let mut offers: Vec<&Offer> = dispute.offers.iter().filter(|offer| is_for(offer, &nation, group.as_deref())).collect();
    // First what somebody was to be paid, then what was recommended.
    offers.sort_by_key(|offer| offer.kind == OfferKind::Recommendation);

    fn take<T>(text: Option<&str>, field: &'static str, wrong: &mut Vec<Wrong>, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        parse(text?).map_err(|what| wrong.push(Wrong { field, what })).ok()
    }
    // As the select gives it, `17:5`; or as on the command line, `point=17` and `band=5`.
    let post = asked.one("post");
    let (point, band) = post.map_or((asked.one("point"), asked.one("band")), |post| match post.rsplit_once(':') {
        Some((point, band)) => (Some(point), Some(band)),
        None => (Some(post), None),
    });
    let salary = if point.is_none() { take(asked.one("salary"), "salary", &mut wrong, parse_pounds) } else { None };
    if point.is_some() && asked.one("salary").is_some() {
        wrong.push(Wrong { field: "salary", what: "both a point and a salary are given: leave one of them out".to_owned() });
    }
    let hours = take(asked.one("hours"), "hours", &mut wrong, parse_hours);
    let framework = dispute.framework();
    if let (Some(hours), Some(full)) = (hours, framework.full_time_hours)
        && hours > full
    {
        let what = format!("{} hours are more than the full-time week of {}", hours.to_short(2), full.to_short(2));
        wrong.push(Wrong { field: "hours", what });
    }
    let increment_on = take(asked.one("increment"), "increment", &mut wrong, parse_day);
    if increment_on.is_some() && point.is_none() {
        let what = "an increment needs the point that it starts from: choose your band and point, not a salary";
        wrong.push(Wrong { field: "increment", what: what.to_owned() });
    }
    let schemes: Vec<&str> = opened.library.pensions.iter().map(|scheme| scheme.id.as_str()).collect();
    let of_scale = || offers.iter().flat_map(|offer| framework.scales_of(offer)).find_map(|scale| scale.pension.clone());
    let pension = asked.one("pension").map_or_else(|| of_scale().unwrap_or_else(|| "none".to_owned()), str::to_owned);
    if pension != "none" && !schemes.contains(&pension.as_str()) {
        let what = format!("there is no pension scheme “{pension}”; one of none, {}", schemes.join(", "));
        wrong.push(Wrong { field: "pension", what });
    }
    let loans: Vec<String> = asked.all("loan").map(str::to_owned).collect();
    for id in loans.iter().filter(|id| opened.library.tax.student_loan(id).is_none()) {
        let known: Vec<&str> = opened.library.tax.student_loans.iter().map(|loan| loan.id.as_str()).collect();
        wrong.push(Wrong { field: "loan", what: format!("there is no student loan “{id}”; one of {}", known.join(", ")) });
    }
    let credit = take(asked.one("credit"), "credit", &mut wrong, parse_pounds);
    let on_credit = asked.one("universal-credit").and_then(|word| {
        let claimant = Claimant::from_word(word);
        if claimant.is_none() {
            let known: Vec<&str> = Claimant::WORDS.iter().map(|(word, _)| *word).collect();
            wrong.push(Wrong { field: "universal-credit", what: format!("“{word}” is none of {}", known.join(", ")) });
        }
        Some(OnCredit { claimant: claimant?, credit })
    });
    if credit.is_some() && asked.one("universal-credit").is_none() {
        let what = "a sum of credit is given: say also which work allowance you have".to_owned();
        wrong.push(Wrong { field: "universal-credit", what });
    }
    let written = ["salary", "hours", "increment", "credit"]
        .into_iter()
        .filter_map(|name| Some((name, asked.one(name)?.to_owned())))
        .collect::<Vec<_>>();
    let post = MemberPost { point: point.map(str::to_owned), salary, band: band.map(str::to_owned) };
    let typed = Typed {
        nations,
        nation,
        groups,
        group,
        offers,
        post,
        hours,
        increment_on,
        passes_gate: asked.one("gate").is_some(),
        pension,
        loans,
        on_credit,
        written,
    };
    // A point that no offer knows is the member's mistake; one that some offers do not value is said at the offer.
    if let (Some(point), true) = (&typed.post.point, wrong.is_empty()) {
        let framework = framework.in_group(typed.group.clone());
        let tried: Vec<Result<_, String>> = typed
            .offers
            .iter()
            .filter(|offer| !offer.steps.is_empty())
            .map(|offer| framework.row_of_point(offer, seen_in(offer, &typed.nation), point, typed.post.band.as_deref()))
            .collect();
        if let (Some(Err(what)), true) = (tried.first(), tried.iter().all(Result::is_err)) {
            wrong.push(Wrong { field: if posts(opened, &typed).is_empty() { "salary" } else { "post" }, what: what.clone() });
        }
    }
    Ok((typed, wrong))
}

/// The nations of the offers; an offer for the whole country is for each that may be in it.
fn nations(offers: &[Offer]) -> Vec<String> {
    let named = |name: &str| offers.iter().flat_map(|offer| &offer.nations).any(|(known, _)| known == name);
    let whole = offers.iter().flat_map(|offer| &offer.nations).any(|(name, _)| !NATIONS.contains(&name.as_str()));
    let has_northern_ireland = !offers.iter().flat_map(|offer| &offer.nations).any(|(name, _)| name == "Great Britain");
    NATIONS
        .into_iter()
        .filter(|name| named(name) || (whole && (*name != "Northern Ireland" || has_northern_ireland)))
        .map(str::to_owned)
        .collect()
}

/// The groups that offers or their steps are for, in the order of the dispute; none where no offer tells groups apart.
fn groups(offers: &[Offer], known: &[String]) -> Vec<String> {
    let named = |id: &String| {
        let of_steps = offers.iter().flat_map(|offer| &offer.steps).flat_map(|step| &step.groups);
        offers.iter().flat_map(|offer| &offer.groups).chain(of_steps).any(|(name, _)| name == id)
    };
    known.iter().filter(|id| named(id)).cloned().collect()
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// The points that can be chosen, by band: scales on which staff move up first, since most members stand on their points.
pub(super) fn posts(opened: &Opened<'_>, typed: &Typed<'_>) -> Vec<Choices> {
    let framework = opened.dispute.framework().in_group(typed.group.clone());
    let mut scales = framework.scales.clone();
    scales.sort_by_key(|scale| !scale.progression);
    let mut found: Vec<Choices> = Vec::new();
    let mut seen: Vec<(String, String)> = Vec::new();
    for scale in &scales {
        let mut of_scale: Vec<Choices> = Vec::new();
        for offer in typed.offers.iter().filter(|offer| !offer.steps.is_empty()) {
            if !framework.scales_of(offer).any(|known| known.id == scale.id) {
                continue;
            }
            for row in framework.rows(offer, scale, seen_in(offer, &typed.nation)).unwrap_or_default() {
                if seen.contains(&(row.point.clone(), row.band.clone())) {
                    continue;
                }
                seen.push((row.point.clone(), row.band.clone()));
                let ends = if scale.progression || scales.len() == 1 { "" } else { ", lowest and highest" };
                let heading = format!("Band {}{ends}", row.band);
                let is_chosen = typed.post.point.as_deref() == Some(row.point.as_str())
                    && typed.post.band.as_deref().is_none_or(|band| band == row.band);
                let choice = Choice::new(format!("{}:{}", row.point, row.band), format!("{}: {}", row.point, row.path.base), is_chosen);
                match of_scale.iter_mut().find(|group| group.heading == heading) {
                    Some(group) => group.list.push(choice),
                    None => of_scale.push(Choices { heading, list: vec![choice] }),
                }
            }
        }
        found.extend(of_scale);
    }
    // A point that was asked for without its band stands in several: the first is chosen.
    let mut any = false;
    for choice in found.iter_mut().flat_map(|group| &mut group.list) {
        choice.is_chosen &= !any;
        any |= choice.is_chosen;
    }
    found
}

/// Which work allowance of Universal Credit somebody has, for the choice.
pub(super) fn claimants(typed: &Typed<'_>) -> Vec<Choice> {
    let chosen = typed.on_credit.map(|on| on.claimant);
    let words = |claimant| match claimant {
        Claimant::NoAllowance => "yes, with no work allowance (no child, nobody too ill to work)",
        Claimant::WithHousing => "yes, with the lower work allowance: it helps with my rent",
        Claimant::WithoutHousing => "yes, with the higher work allowance: no help with rent",
    };
    let all = Claimant::WORDS.iter().map(|(word, claimant)| Choice::new(*word, words(*claimant), chosen == Some(*claimant)));
    std::iter::once(Choice::new("", "no, or I would rather not say", chosen.is_none())).chain(all).collect()
}

/// The pension schemes that can be chosen.
pub(super) fn pensions(opened: &Opened<'_>, typed: &Typed<'_>) -> Vec<Choice> {
    let schemes = opened.library.pensions.iter().map(|scheme| {
        let there = if scheme.nations.contains(&typed.nation) { String::new() } else { format!(" ({})", scheme.nations.join(" and ")) };
        Choice::new(&scheme.id, format!("{}{there}", scheme.title), typed.pension == scheme.id)
    });
    schemes.chain([Choice::new("none", "none: before any pension contribution", typed.pension == "none")]).collect()
}
