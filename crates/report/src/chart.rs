//! The steps of each offer against prices, as SVG: percent above the rate and the prices of a year before the first step.
//!
//! Lines differ by colour, by weight and by dash, and each is named at its end, so that the picture survives a
//! photocopier. The table of the same figures stands below it.

// Where a line is drawn is the one thing here that is not exact.
#![allow(clippy::float_arithmetic)]

use dated::{Month, Ratio};
use pay::{Headline, Index, Prices};

/// One line.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) class: String,
    /// Percent above the start, month by month from the first; `None` where the month is missing.
    pub(crate) values: Vec<Option<Ratio>>,
    /// Pay jumps; prices are joined from month to month.
    pub(crate) steps: bool,
}

/// The chart's data: months and lines.
pub(crate) struct Chart {
    pub(crate) first: Month,
    pub(crate) lines: Vec<Line>,
}

impl Chart {
    /// Offers' headlines and the three price indices, from a year before the first step to the end of the last pay year.
    pub(crate) fn new(headlines: &[(String, &Headline)], prices: &Prices) -> Option<Self> {
        let first_step = headlines.iter().flat_map(|(_, headline)| headline.totals.first()).map(|(day, _)| Month::of(*day)).min()?;
        let last_step = headlines.iter().flat_map(|(_, headline)| headline.totals.last()).map(|(day, _)| Month::of(*day)).max()?;
        let year_end = headlines.iter().flat_map(|(_, headline)| headline.years.last()).map(|year| Month::of(year.year.end())).max()?;
        let first = first_step.plus(-12);
        let months = year_end.max(last_step.plus(1)).months_since(first);
        let mut lines: Vec<Line> = Vec::new();
        for (name, headline) in headlines {
            let at = |month: Month| {
                headline.totals.iter().rev().find(|(day, _)| Month::of(*day) <= month).map_or(Ratio::ZERO, |(_, total)| *total)
            };
            let values: Vec<Option<Ratio>> = (0..=months).map(|offset| Some(at(first.plus(offset.min(months - 1))))).collect();
            match lines.iter_mut().find(|line| line.values == values) {
                Some(same) => same.name = format!("{}, {name}", same.name),
                None => lines.push(Line { name: name.clone(), class: format!("pay pay{}", lines.len() % 4), values, steps: true }),
            }
        }
        for index in Index::ALL {
            let values: Vec<Option<Ratio>> =
                (0..=months).map(|offset| prices.change_percent(index, first, first.plus(offset)).ok()).collect();
            if values.iter().filter(|value| value.is_some()).count() > 1 {
                lines.push(Line {
                    name: index.word().to_owned(),
                    class: format!("price {}", index.word().to_lowercase()),
                    values,
                    steps: false,
                });
            }
        }
        Some(Self { first, lines })
    }

    /// What the picture shows, for those who do not see it.
    pub(crate) fn description(&self) -> String {
        let ends: Vec<String> = self
            .lines
            .iter()
            .filter_map(|line| {
                let (offset, value) = line.values.iter().enumerate().rev().find_map(|(offset, value)| Some((offset, (*value)?)))?;
                let month = self.first.plus(i32::try_from(offset).unwrap_or(0));
                Some(format!("{} {}% in {}", line.name, value.to_fixed(1), month.long()))
            })
            .collect();
        format!("Percent above {}. At the end of each line: {}.", self.first.long(), ends.join("; "))
    }

    /// The picture.
    pub(crate) fn svg(&self, id: &str, title: &str) -> String {
        const WIDTH: f64 = 900.0;
        const HEIGHT: f64 = 400.0;
        const LEFT: f64 = 46.0;
        const RIGHT: f64 = 232.0;
        const TOP: f64 = 16.0;
        const BOTTOM: f64 = 44.0;
        let months = self.lines.iter().map(|line| line.values.len()).max().unwrap_or(2).max(2) - 1;
        let all = || self.lines.iter().flat_map(|line| line.values.iter().flatten()).map(|value| value.to_f64());
        let highest = all().fold(0.5_f64, f64::max);
        let lowest = all().fold(0.0_f64, f64::min);
        let unit = [0.5, 1.0, 2.0, 2.5, 5.0, 10.0, 20.0].into_iter().find(|unit| (highest - lowest) / unit <= 7.0).unwrap_or(50.0);
        let (bottom, top) = ((lowest / unit).floor() * unit, (highest / unit).ceil() * unit);
        let x = |month: f64| LEFT + month / months as f64 * (WIDTH - LEFT - RIGHT);
        let y = |value: f64| TOP + (top - value) / (top - bottom) * (HEIGHT - TOP - BOTTOM);

        let mut svg = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" xmlns=\"http://www.w3.org/2000/svg\">\n\
             <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n",
            escape(title),
            escape(&self.description())
        );
        let lines_across = ((top - bottom) / unit).round() as i32;
        for number in 0..=lines_across {
            let value = bottom + f64::from(number) * unit;
            let class = if value == 0.0 { "zero" } else { "grid" };
            let height = y(value);
            svg.push_str(&format!(
                "<line class=\"{class}\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{height:.1}\" y2=\"{height:.1}\"/><text class=\"axis\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}%</text>\n",
                WIDTH - RIGHT,
                LEFT - 6.0,
                height + 4.0,
                trim(value)
            ));
        }
        // A tick each quarter, named where there is room.
        let every = if months <= 30 {
            3
        } else if months <= 60 {
            6
        } else {
            12
        };
        for offset in (0..=months).step_by(every) {
            let month = self.first.plus(i32::try_from(offset).unwrap_or(0));
            let name = month.long();
            let (word, year) = name.split_once(' ').unwrap_or((&name, ""));
            svg.push_str(&format!(
                "<line class=\"tick\" x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{1:.1}\" y2=\"{2:.1}\"/><text class=\"axis\" x=\"{0:.1}\" y=\"{3:.1}\" text-anchor=\"middle\">{4}</text><text class=\"axis\" x=\"{0:.1}\" y=\"{5:.1}\" text-anchor=\"middle\">{6}</text>\n",
                x(offset as f64),
                HEIGHT - BOTTOM,
                HEIGHT - BOTTOM + 5.0,
                HEIGHT - BOTTOM + 19.0,
                word.chars().take(3).collect::<String>(),
                HEIGHT - BOTTOM + 34.0,
                year
            ));
        }
        // Prices first, so that pay is drawn over them.
        for line in self.lines.iter().rev() {
            svg.push_str(&format!("<path class=\"{}\" d=\"{}\"/>\n", line.class, path(line, &x, &y)));
        }
        let mut labels: Vec<(f64, f64, &Line, f64)> = self
            .lines
            .iter()
            .filter_map(|line| {
                let (offset, value) =
                    line.values.iter().enumerate().rev().find_map(|(offset, value)| Some((offset, (*value)?.to_f64())))?;
                Some((x(offset as f64), y(value), line, value))
            })
            .collect();
        labels.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut taken = f64::NEG_INFINITY;
        for (end, height, line, value) in labels {
            let value = Ratio::parse_decimal(&format!("{value:.4}")).map_or_else(String::new, |value| value.to_fixed(1));
            let pieces = wrap(&format!("{} {value}%", line.name), 28);
            let at = height.max(taken + 15.0);
            taken = at + (pieces.len() as f64 - 1.0) * 15.0;
            svg.push_str(&format!(
                "<line class=\"leader\" x1=\"{:.1}\" y1=\"{height:.1}\" x2=\"{:.1}\" y2=\"{at:.1}\"/><text class=\"label {}\" y=\"{:.1}\">",
                end + 2.0,
                WIDTH - RIGHT + 12.0,
                line.class,
                at + 4.0
            ));
            for (number, piece) in pieces.iter().enumerate() {
                let down = if number == 0 { 0 } else { 15 };
                svg.push_str(&format!("<tspan x=\"{:.1}\" dy=\"{down}\">{}</tspan>", WIDTH - RIGHT + 16.0, escape(piece)));
            }
            svg.push_str("</text>\n");
        }
        svg.push_str("</svg>");
        svg
    }
}

/// Breaks a label between words into pieces of at most about `width` letters.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match pieces.last_mut() {
            Some(last) if last.chars().count() + 1 + word.chars().count() <= width => {
                last.push(' ');
                last.push_str(word);
            }
            _ => pieces.push(word.to_owned()),
        }
    }
    pieces
}

fn path(line: &Line, x: &dyn Fn(f64) -> f64, y: &dyn Fn(f64) -> f64) -> String {
    let mut path = String::new();
    let mut before: Option<f64> = None;
    for (offset, value) in line.values.iter().enumerate() {
        let Some(value) = value else {
            before = None;
            continue;
        };
        let (at, height) = (x(offset as f64), y(value.to_f64()));
        match before {
            None => path.push_str(&format!("M{at:.1} {height:.1}")),
            Some(_) if line.steps => path.push_str(&format!("H{at:.1}V{height:.1}")),
            Some(_) => path.push_str(&format!("L{at:.1} {height:.1}")),
        }
        before = Some(height);
    }
    path
}

fn trim(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned).replace('-', "−")
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
