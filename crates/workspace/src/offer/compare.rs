//! Offers side by side, point by point or for one salary: who gets more under which.

use std::collections::HashMap;

use dated::Ratio;
use dispute::Dispute;
use pay::{Framework, Offer, PayYear, Pence, PointValue, rates_of_salary, value_row};

use super::find_offer;

/// One column: an offer as it applies in a nation.
#[derive(Clone, Debug)]
pub struct Column<'c> {
    /// The name as it was asked for: `three-year`, or `three-year@Scotland`.
    pub name: String,
    /// The offer.
    pub offer: &'c Offer,
    /// The nation.
    pub nation: String,
}

/// A point under each of the offers; `None` where an offer does not value it.
pub type Valued = Vec<Option<PointValue>>;

/// The columns of offers as they are asked for, each in its first nation if none is named.
///
/// # Errors
/// A sentence: no such offer, not for that nation, groups treated differently, or fewer than two.
pub fn columns<'d>(dispute: &'d Dispute, framework: &Framework<'_>, names: &[String]) -> Result<Vec<Column<'d>>, String> {
    let mut columns: Vec<Column<'d>> = Vec::new();
    for name in names {
        let (id, nation) = name.split_once('@').map_or((name.as_str(), None), |(id, nation)| (id, Some(nation)));
        let offer = find_offer(&dispute.offers, id)?;
        let nation = match nation {
            Some(nation) if offer.nations.iter().any(|(known, _)| known == nation) => nation.to_owned(),
            Some(nation) => return Err(format!("the offer {id} does not apply in {nation}")),
            None => offer.nations.first().map(|(known, _)| known.clone()).unwrap_or_default(),
        };
        columns.push(Column { name: name.clone(), offer, nation });
    }
    if let Some(column) = columns.iter().find(|column| framework.groups_of(column.offer).len() > 1) {
        let groups: Vec<String> = framework.groups_of(column.offer).into_iter().flatten().collect();
        return Err(format!("{} treats groups of staff differently: say which with --group {}", column.name, groups.join(" | ")));
    }
    if columns.len() < 2 {
        return Err("name at least two offers: --offers A,B".to_owned());
    }
    Ok(columns)
}

/// All columns are valued for one pay year, so that an offer that begins later is seen to begin later.
///
/// # Errors
/// A sentence when none of the offers has dated steps.
pub fn first_year(framework: &Framework<'_>, columns: &[Column<'_>]) -> Result<PayYear, String> {
    columns
        .iter()
        .filter_map(|column| framework.first_pay_year(column.offer))
        .min()
        .ok_or_else(|| "none of these offers has dated steps, so their points cannot be compared; see `whitley offer value`".to_owned())
}

/// One salary under each offer.
///
/// # Errors
/// A sentence when an offer cannot be valued for it.
pub fn of_salary(framework: &Framework<'_>, columns: &[Column<'_>], salary: Pence, year: PayYear) -> Result<Valued, String> {
    columns
        .iter()
        .map(|column| match rates_of_salary(column.offer, salary, None, framework.view(column.offer, &column.nation)) {
            Ok(row) => Ok(Some(value_row(row, year))),
            Err(why) => Err(format!("{}: {why}", column.name)),
        })
        .collect()
}

/// Every point of every scale, or of one, under each offer; each with the id of its scale.
pub fn of_points(framework: &Framework<'_>, columns: &[Column<'_>], scale: Option<&str>, year: PayYear) -> Vec<(String, Valued)> {
    let mut rows = Vec::new();
    for scale in framework.scales.iter().filter(|known| scale.is_none_or(|wanted| *wanted == known.id)) {
        let valued: Vec<Vec<PointValue>> = columns
            .iter()
            .map(|column| {
                let listed = framework.scales_of(column.offer).any(|known| known.id == scale.id);
                let rows = if listed { framework.rows(column.offer, scale, &column.nation).unwrap_or_default() } else { Vec::new() };
                rows.into_iter().map(|row| value_row(row, year)).collect()
            })
            .collect();
        // In the order of first appearance; an offer that lists a point twice is taken at its first.
        let mut places: HashMap<(&str, &str), usize> = HashMap::new();
        let mut found: Vec<(String, Valued)> = Vec::new();
        for (column, values) in valued.iter().enumerate() {
            for value in values {
                let place = *places.entry((&value.row.point, &value.row.band)).or_insert(found.len());
                if place == found.len() {
                    found.push((scale.id.clone(), vec![None; valued.len()]));
                }
                found[place].1[column].get_or_insert_with(|| value.clone());
            }
        }
        rows.extend(found);
    }
    rows
}

/// What a point gains in the first pay year, one-off sums with it, in pence.
pub fn gain(value: &PointValue) -> Ratio {
    value.first_year().gain_pence.by_months + value.first_year().unconsolidated.ratio()
}

/// For each offer but the first: its name, and at how many rows it gives more, less and the same in the year.
pub fn summary(columns: &[Column<'_>], rows: &[(String, Valued)]) -> Vec<(String, usize, usize, usize)> {
    (1..columns.len())
        .map(|at| {
            let (mut more, mut less, mut same) = (0, 0, 0);
            for (_, values) in rows {
                if let (Some(Some(first)), Some(Some(other))) = (values.first(), values.get(at)) {
                    match gain(other).cmp(&gain(first)) {
                        std::cmp::Ordering::Greater => more += 1,
                        std::cmp::Ordering::Less => less += 1,
                        std::cmp::Ordering::Equal => same += 1,
                    }
                }
            }
            (columns[at].name.clone(), more, less, same)
        })
        .collect()
}
