//! What a dispute's offers are valued with: scales, prices, nations and the pay year.

use std::collections::BTreeMap;

use dated::{Date, Month, Ratio};

use crate::offer::Offer;
use crate::pay_year::PayYear;
use crate::prices::Prices;
use crate::rates::{RatesError, Row, View, rates_of_offer};
use crate::scale::Scale;
use crate::value::{Headline, PointValue, headline, value_row};

/// The pay facts around a dispute.
#[derive(Clone, Debug)]
pub struct Framework<'f> {
    /// The scales, the one that tables show by default first.
    pub scales: Vec<&'f Scale>,
    /// The price series.
    pub prices: &'f Prices,
    /// The month in which pay years begin, 1 to 12.
    pub year_start_month: i8,
    /// The last month of prices that people at the table could know.
    pub prices_known: Option<Month>,
    /// Full-time hours a week.
    pub full_time_hours: Option<Ratio>,
    /// The groups of staff of the dispute.
    pub groups: Vec<String>,
    /// The group whose steps are looked at, where an offer treats groups differently.
    pub group: Option<String>,
    /// For each nation of the dispute, the nation whose table gives its base rates.
    pub nations: BTreeMap<String, String>,
}

/// The points of an offer in one nation on one scale.
#[derive(Clone, Debug)]
pub struct ScaleValue<'f> {
    /// The group, where the offer treats groups differently.
    pub group: Option<String>,
    /// The scale.
    pub scale: &'f Scale,
    /// The nation.
    pub nation: String,
    /// The rows, or why there are none.
    pub points: Result<Vec<PointValue>, RatesError>,
}

impl<'f> Framework<'f> {
    /// How an offer is looked at in `nation`: the steps there, for the chosen group or the first that it treats on its own,
    /// and the base rates of the nation's own scale or the one it shares.
    pub fn view<'v>(&'v self, offer: &'v Offer, nation: &'v str) -> View<'v> {
        let scale_nation = self.nations.get(nation).map_or(nation, String::as_str);
        View { nation, scale_nation, group: self.group_names(offer).first().copied() }
    }

    /// The groups that must be looked at one by one: none unless a step of the offer is for some groups only.
    pub fn groups_of(&self, offer: &Offer) -> Vec<Option<String>> {
        let names = self.group_names(offer);
        if names.is_empty() { vec![None] } else { names.into_iter().map(|name| Some(name.to_owned())).collect() }
    }

    /// The same facts, looked at for one group.
    pub fn in_group(&self, group: Option<String>) -> Self {
        Self { group, ..self.clone() }
    }

    fn group_names<'v>(&'v self, offer: &'v Offer) -> Vec<&'v str> {
        if offer.steps.iter().all(|step| step.groups.is_empty()) {
            return Vec::new();
        }
        let all: Vec<&str> = match offer.groups.as_slice() {
            [] => self.groups.iter().map(String::as_str).collect(),
            named => named.iter().map(|(name, _)| name.as_str()).collect(),
        };
        match &self.group {
            Some(group) => vec![group],
            None => all,
        }
    }

    /// The scale of that id, or the first.
    pub fn scale(&self, id: Option<&str>) -> Option<&'f Scale> {
        match id {
            Some(id) => self.scales.iter().find(|scale| scale.id == id).copied(),
            None => self.scales.first().copied(),
        }
    }

    /// The scales that an offer is valued on.
    pub fn scales_of(&self, offer: &Offer) -> impl Iterator<Item = &'f Scale> {
        let named = offer.scales.as_ref().map(|list| list.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>());
        self.scales.clone().into_iter().filter(move |scale| named.as_ref().is_none_or(|named| named.contains(&scale.id)))
    }

    /// The pay year an offer is first for. An offer without any date is for no year.
    pub fn first_pay_year(&self, offer: &Offer) -> Option<PayYear> {
        offer.first_pay_year(self.year_start_month)
    }

    /// The headline of an offer in a nation.
    pub fn headline(&self, offer: &Offer, nation: &str) -> Option<Headline> {
        headline(offer, self.view(offer, nation), self.year_start_month)
    }

    /// The rows of an offer in one nation on one scale.
    ///
    /// # Errors
    /// [`RatesError`] when the base rates are not in the data.
    pub fn rows(&self, offer: &Offer, scale: &Scale, nation: &str) -> Result<Vec<Row>, RatesError> {
        rates_of_offer(offer, scale, self.view(offer, nation))
    }

    /// Every point of an offer, valued: for each of its nations, on each scale; for each group where it treats them differently.
    pub fn value_points(&self, offer: &Offer) -> Vec<ScaleValue<'f>> {
        let Some(first) = self.first_pay_year(offer) else { return Vec::new() };
        let mut values = Vec::new();
        for group in self.groups_of(offer) {
            let framework = self.in_group(group.clone());
            for (nation, _) in &offer.nations {
                for scale in self.scales_of(offer) {
                    let points =
                        framework.rows(offer, scale, nation).map(|rows| rows.into_iter().map(|row| value_row(row, first)).collect());
                    values.push(ScaleValue { group: group.clone(), scale, nation: nation.clone(), points });
                }
            }
        }
        values
    }

    /// The row of one point, searched on all scales; `band` decides where a point is in several.
    ///
    /// # Errors
    /// A sentence that says what is known when the point or its band cannot be found.
    pub fn row_of_point(&self, offer: &Offer, nation: &str, point: &str, band: Option<&str>) -> Result<(&'f Scale, Row), String> {
        if self.scales_of(offer).next().is_none() {
            return Err("the pay scale that this offer is for is not in the data, so no point of it can be valued".to_owned());
        }
        let mut known: Vec<String> = Vec::new();
        let mut problem = None;
        for scale in self.scales_of(offer) {
            let rows = match self.rows(offer, scale, nation) {
                Ok(rows) => rows,
                Err(error) => {
                    problem = Some(error.to_string());
                    continue;
                }
            };
            let of_point: Vec<&Row> = rows.iter().filter(|row| row.point == point).collect();
            match (of_point.as_slice(), band) {
                ([], _) => known.extend(rows.iter().map(|row| row.point.clone())),
                ([one], None) => return Ok((scale, (*one).clone())),
                (several, None) => {
                    // The same rates in every band: it makes no difference which one is meant.
                    if several.iter().all(|row| row.path == several[0].path && row.lumps == several[0].lumps) {
                        return Ok((scale, several[0].clone()));
                    }
                    let bands: Vec<&str> = several.iter().map(|row| row.band.as_str()).collect();
                    return Err(format!("point {point} is in bands {} and they are treated differently: say which", bands.join(" and ")));
                }
                (several, Some(band)) => {
                    let bands: Vec<&str> = several.iter().map(|row| row.band.as_str()).collect();
                    return match several.iter().find(|row| row.band == band) {
                        Some(row) => Ok((scale, (*row).clone())),
                        None => Err(format!("point {point} is not in band {band}; it is in {}", bands.join(" and "))),
                    };
                }
            }
        }
        if known.is_empty() {
            return Err(problem.unwrap_or_else(|| format!("there is no point {point}")));
        }
        known.dedup();
        let near = dated::nearest_name(point, known.iter().map(String::as_str)).map(|near| format!("; did you mean {near}?"));
        let list = if known.len() <= 24 {
            known.join(", ")
        } else {
            format!("{}, … {}", known[..12].join(", "), known[known.len() - 4..].join(", "))
        };
        Err(format!("there is no point {point}{}; the points are {list}", near.unwrap_or_default()))
    }

    /// The published rate of a point on a day: from the nation's own tables, or the ones it shares where it has none.
    ///
    /// # Errors
    /// A sentence when the scale, the table or the point is not in the data.
    pub fn scale_rate(&self, scale: Option<&str>, nation: &str, point: &str, day: Date) -> Result<&'f crate::scale::SpinePoint, String> {
        let scale = self.scale(scale).ok_or_else(|| match scale {
            Some(id) => format!("there is no scale {id} in this dispute"),
            None => "this dispute has no scale".to_owned(),
        })?;
        let own = scale.table_on(nation, day);
        let shared = self.nations.get(nation).map_or(nation, String::as_str);
        let table = own.or_else(|_| scale.table_on(shared, day)).map_err(|missing| missing.to_string())?;
        table.point(point).ok_or_else(|| format!("{} has no point {point} in the table from {}", scale.title, table.effective_from))
    }
}
