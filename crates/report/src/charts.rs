//! Charts of the paybill and of people, as SVG with the figures behind them: cost by month, gains by tenths, rates along the
//! spine, and what a higher floor leaves for the others. They take names and exact numbers, whoever worked them out.
//!
//! One drawing serves a phone, a page and a sheet of paper: 480 units wide, letters of 14 units. Offers differ by colour and by
//! pattern, so that a photocopy can be read, and each chart gives its table.

// Where a mark is drawn is the one thing here that is not exact.
#![allow(clippy::float_arithmetic)]

use dated::Ratio;

use crate::chart::escape;

/// What stands above a picture.
#[derive(Clone, Copy, Debug)]
pub struct Heading<'h> {
    /// The id of the picture.
    pub id: &'h str,
    /// Its title, for those who do not see it.
    pub title: &'h str,
    /// Drawn into the picture, so that a copy of it says so too: that the figures describe no real staff.
    pub label: Option<&'h str>,
}

/// A picture and the figures in it.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The picture, with title and description for those who do not see it.
    pub svg: String,
    /// Headings of the table; those of numbers begin with `>`.
    pub heads: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// A name and its figures.
#[derive(Clone, Debug)]
pub struct Series {
    /// What they are figures of, usually an offer.
    pub name: String,
    /// One for each label.
    pub values: Vec<Ratio>,
}

/// What an offer costs month by month, in pounds.
#[derive(Clone, Debug)]
pub struct MonthlyCost {
    /// The offer.
    pub name: String,
    /// What the award adds in each month.
    pub award: Vec<Ratio>,
    /// What increments add in each month.
    pub increments: Vec<Ratio>,
    /// One-off sums of each month.
    pub one_off: Vec<Ratio>,
}

/// One floor that a sum of money can pay for, and what it leaves for everybody else.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its name on the drawing; empty where it has none.
    pub name: String,
    /// The lowest rate, in pounds a year.
    pub lowest: Ratio,
    /// The rise of everybody else, in percent.
    pub rest: Ratio,
}

const WIDTH: f64 = 480.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 8.0;
/// How wide a letter is taken to be; wide enough for the widest of the fonts.
const LETTER: f64 = 8.6;
/// The same for heavy letters.
const HEAVY: f64 = 9.6;
const LINE: f64 = 18.0;

/// Cost by month: one panel for each offer, all on one scale; the award below, increments on top of it, then one-off sums.
pub fn cost_by_month(heading: Heading<'_>, months: &[String], offers: &[MonthlyCost]) -> Drawn {
    // Where each part of a bar ends: award, increments, one-off sums.
    let ends = |offer: &MonthlyCost, at: usize| {
        let award = part(&offer.award, at);
        let moved = award + part(&offer.increments, at);
        [award, moved, moved + part(&offer.one_off, at)]
    };
    let tops = || offers.iter().flat_map(|offer| (0..months.len()).flat_map(move |at| ends(offer, at)));
    let scale = Scale::of(tops().fold(0.0, f64::min), tops().fold(0.0, f64::max), 4);
    let has_one_off = |offer: &MonthlyCost| offer.one_off.iter().any(|sum| *sum != Ratio::ZERO);
    let any_one_off = offers.iter().any(has_one_off);
    let parts = [("fill0", "award"), ("fill0 hatched", "increments"), ("fill3", "one-off sums")];
    let mut pen = Pen::new(heading.label);
    pen.legend(&parts[..if any_one_off { 3 } else { 2 }]);
    for offer in offers {
        pen.heading(&offer.name);
        let panel = pen.panel(130.0, scale, Unit::Pounds);
        let step = panel.width() / months.len().max(1) as f64;
        for at in 0..months.len() {
            let x = LEFT + step * at as f64 + step * 0.12;
            let mut from = 0.0;
            for (end, (class, _)) in ends(offer, at).into_iter().zip(parts) {
                panel.bar(&mut pen, x, step * 0.76, from, end, class);
                from = end;
            }
        }
        pen.labels_below(&panel, months);
    }
    let mut heads = vec!["month".to_owned()];
    for offer in offers {
        heads.extend([format!(">{}: award", offer.name), ">increments".to_owned()]);
        heads.extend(has_one_off(offer).then(|| ">one-off".to_owned()));
    }
    let rows = months.iter().enumerate().map(|(at, month)| {
        let cell = |values: &[Ratio]| values.get(at).map_or_else(String::new, |value| whole_pounds(*value));
        let cells = offers.iter().flat_map(|offer| {
            [Some(&offer.award), Some(&offer.increments), has_one_off(offer).then_some(&offer.one_off)]
                .into_iter()
                .flatten()
                .map(|part| cell(part))
        });
        std::iter::once(month.clone()).chain(cells).collect()
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let sums = offers.iter().map(|offer| {
        let sum = |values: &[Ratio]| whole_pounds(values.iter().copied().sum::<Ratio>());
        let one_off = if has_one_off(offer) { format!(", {} one-off", sum(&offer.one_off)) } else { String::new() };
        format!("{}: {} award, {} increments{one_off}", offer.name, sum(&offer.award), sum(&offer.increments))
    });
    let said = format!("In all, {}.", sums.collect::<Vec<_>>().join("; "));
    Drawn { svg: pen.done(heading, &said), heads, rows }
}

/// Figures in percent by decile or tenth: bars side by side, one colour for each offer.
pub fn gain_by_decile(heading: Heading<'_>, labels: &[String], offers: &[Series]) -> Drawn {
    let all = || offers.iter().flat_map(|offer| offer.values.iter().map(|value| value.to_f64()));
    let scale = Scale::of(all().fold(0.0, f64::min), all().fold(0.0, f64::max), 5);
    let mut pen = Pen::new(heading.label);
    pen.legend_of(offers);
    let panel = pen.panel(200.0, scale, Unit::Percent);
    let step = panel.width() / labels.len().max(1) as f64;
    let bar = step * 0.8 / offers.len().max(1) as f64;
    for (number, offer) in offers.iter().enumerate() {
        for (at, value) in offer.values.iter().enumerate().take(labels.len()) {
            let x = LEFT + step * at as f64 + step * 0.1 + bar * number as f64;
            panel.bar(&mut pen, x, bar * 0.92, 0.0, value.to_f64(), &format!("fill{}", number % 4));
        }
    }
    pen.labels_below(&panel, labels);
    let (heads, rows) = table("tenth", labels, offers, |value| format!("{}%", value.to_fixed(2).replace('-', "−")));
    Drawn { svg: pen.done(heading, &ends_said(labels, offers, "%")), heads, rows }
}

/// Rates along the spine: above, the rates before and under each offer; below, the rise in percent, which the eye cannot take
/// from the first.
pub fn along_the_spine(heading: Heading<'_>, points: &[String], before: &[Ratio], offers: &[Series]) -> Drawn {
    let values = || before.iter().chain(offers.iter().flat_map(|offer| &offer.values)).map(|value| value.to_f64());
    let rises: Vec<Series> = offers
        .iter()
        .map(|offer| {
            let rise = |(after, before): (&Ratio, &Ratio)| ((*after / *before) - Ratio::ONE) * Ratio::whole(100);
            Series { name: offer.name.clone(), values: offer.values.iter().zip(before).map(rise).collect() }
        })
        .collect();
    let mut pen = Pen::new(heading.label);
    let names: Vec<(String, String)> = std::iter::once(("line-before".to_owned(), "before".to_owned()))
        .chain(offers.iter().enumerate().map(|(number, offer)| (format!("line{}", number % 4), offer.name.clone())))
        .collect();
    let names: Vec<(&str, &str)> = names.iter().map(|(class, name)| (class.as_str(), name.as_str())).collect();
    pen.legend(&names);
    pen.heading("Rate, £ a year");
    let panel = pen.panel(180.0, Scale::of(0.0, values().fold(0.0, f64::max), 5), Unit::Pounds);
    panel.line(&mut pen, before, "line-before");
    for (number, offer) in offers.iter().enumerate() {
        panel.line(&mut pen, &offer.values, &format!("line{}", number % 4));
    }
    pen.labels_below(&panel, points);
    pen.heading("Rise, %");
    let rise = || rises.iter().flat_map(|offer| offer.values.iter().map(|value| value.to_f64()));
    let panel = pen.panel(130.0, Scale::of(rise().fold(0.0, f64::min), rise().fold(0.0, f64::max), 4), Unit::Percent);
    for (number, offer) in rises.iter().enumerate() {
        panel.line(&mut pen, &offer.values, &format!("line{}", number % 4));
    }
    pen.labels_below(&panel, points);
    let mut heads = vec!["point".to_owned(), ">before".to_owned()];
    heads.extend(offers.iter().flat_map(|offer| [format!(">{}", offer.name), ">rise".to_owned()]));
    let rows = points.iter().enumerate().map(|(at, point)| {
        let money = |values: &[Ratio]| values.get(at).map_or_else(String::new, |value| pounds(*value));
        let mut row = vec![point.clone(), money(before)];
        for (offer, rise) in offers.iter().zip(&rises) {
            row.extend([
                money(&offer.values),
                rise.values.get(at).map_or_else(String::new, |value| format!("{}%", value.to_fixed(2).replace('-', "−"))),
            ]);
        }
        row
    });
    let rows = rows.collect();
    Drawn { svg: pen.done(heading, &ends_said(points, &rises, "% rise")), heads, rows }
}

/// What a higher floor leaves: a mark for each choice, from the lowest floor to the highest, joined.
pub fn frontier(heading: Heading<'_>, choices: &[Choice]) -> Drawn {
    let mut order: Vec<&Choice> = choices.iter().collect();
    order.sort_by_key(|choice| (choice.lowest, choice.rest));
    let range = |of: &dyn Fn(&Choice) -> f64| {
        let values: Vec<f64> = choices.iter().map(of).collect();
        (values.iter().copied().fold(f64::INFINITY, f64::min), values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    };
    let (lowest, highest) = range(&|choice| choice.lowest.to_f64());
    let (_, most) = range(&|choice| choice.rest.to_f64());
    let mut pen = Pen::new(heading.label);
    if !choices.is_empty() {
        pen.heading("Rise of everybody else, %");
        // Room above the first mark for its name.
        let panel = pen.panel(220.0, Scale::of(0.0, most * 1.12, 5), Unit::Percent);
        // What differs is what is asked, so this axis does not begin at nothing.
        let across = Scale::around(lowest, highest, 4);
        let x = |value: f64| LEFT + (value - across.low) / (across.high - across.low) * panel.width();
        let places: Vec<(f64, f64)> = order.iter().map(|choice| (x(choice.lowest.to_f64()), panel.y(choice.rest.to_f64()))).collect();
        let path: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        pen.push(&format!("<polyline class=\"line0\" points=\"{}\"/>\n", path.join(" ")));
        let mut taken: Vec<[f64; 4]> = places.iter().map(|(x, y)| [x - 6.0, y - 6.0, x + 6.0, y + 6.0]).collect();
        for ((x, y), choice) in places.iter().zip(&order) {
            pen.push(&format!("<circle class=\"mark\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\"/>\n"));
            if choice.name.is_empty() {
                continue;
            }
            let wide = choice.name.chars().count() as f64 * HEAVY;
            // The first place where the name meets no mark and no other name: beside the mark, then above or below it.
            let spots = [0.0, -16.0, 16.0, -32.0, 32.0, -48.0, 48.0, -64.0, 64.0].iter().flat_map(|down| {
                [(x + 10.0, *down), (x - 10.0 - wide, *down), ((x - wide / 2.0).clamp(LEFT, WIDTH - RIGHT - wide), *down)]
            });
            let boxed = |(left, down): (f64, f64)| [left, y + down - 9.0, left + wide, y + down + 7.0];
            let fits = |one: &[f64; 4]| {
                let inside =
                    one[0] >= LEFT && one[2] <= WIDTH - RIGHT + 4.0 && one[1] >= panel.top - 8.0 && one[3] <= panel.top + panel.height;
                inside && taken.iter().all(|other| one[2] < other[0] || other[2] < one[0] || one[3] < other[1] || other[3] < one[1])
            };
            let Some(spot) = spots.map(boxed).find(fits) else { continue };
            if (spot[1] + 9.0 - y).abs() > 20.0 {
                pen.push(&format!(
                    "<line class=\"tick\" x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{:.1}\"/>\n",
                    (spot[0] + spot[2]) / 2.0,
                    spot[1] + 8.0
                ));
            }
            pen.push(&format!("<text class=\"label\" x=\"{:.1}\" y=\"{:.1}\">{}</text>\n", spot[0], spot[1] + 13.0, escape(&choice.name)));
            taken.push(spot);
        }
        let steps = across.steps();
        let labels: Vec<(f64, String)> = steps.iter().map(|value| (x(*value), short_pounds(*value, across))).collect();
        pen.below(&panel, &labels, 8.0 * LETTER);
        pen.heading_centred("Lowest rate, £ a year");
    }
    let said = match (order.first(), order.last()) {
        (Some(first), Some(last)) => {
            let one = |choice: &Choice| format!("lowest rate {}, everybody else {}", pounds(choice.lowest), percent(choice.rest));
            format!("From {} to {}.", one(first), one(last))
        }
        _ => String::new(),
    };
    let heads = ["lowest rate", ">rise of everybody else"].map(str::to_owned).to_vec();
    let rows = order.iter().map(|choice| vec![pounds(choice.lowest), percent(choice.rest)]).collect();
    Drawn { svg: pen.done(heading, &said), heads, rows }
}

fn percent(value: Ratio) -> String {
    crate::words::percent(value, 3)
}

fn whole_pounds(value: Ratio) -> String {
    pounds(value.rounded(0))
}

fn part(values: &[Ratio], at: usize) -> f64 {
    values.get(at).map_or(0.0, |value| value.to_f64())
}

fn pounds(value: Ratio) -> String {
    crate::words::pounds(value * Ratio::whole(100))
}

fn table(what: &str, labels: &[String], offers: &[Series], write: impl Fn(Ratio) -> String) -> (Vec<String>, Vec<Vec<String>>) {
    let heads = std::iter::once(what.to_owned()).chain(offers.iter().map(|offer| format!(">{}", offer.name))).collect();
    let rows = labels.iter().enumerate().map(|(at, label)| {
        let cells = offers.iter().map(|offer| offer.values.get(at).map_or_else(String::new, |value| write(*value)));
        std::iter::once(label.clone()).chain(cells).collect()
    });
    (heads, rows.collect())
}

fn ends_said(labels: &[String], offers: &[Series], unit: &str) -> String {
    let (Some(first), Some(last)) = (labels.first(), labels.last()) else { return String::new() };
    let one = |offer: &Series| {
        let value = |value: Option<&Ratio>| value.map_or_else(String::new, |value| value.to_fixed(2).replace('-', "−"));
        format!("{}: {}{unit} at {first}, {}{unit} at {last}", offer.name, value(offer.values.first()), value(offer.values.last()))
    };
    format!("{}.", offers.iter().map(one).collect::<Vec<_>>().join("; "))
}

#[derive(Clone, Copy)]
enum Unit {
    Pounds,
    Percent,
}

/// An axis with round steps.
#[derive(Clone, Copy)]
struct Scale {
    low: f64,
    high: f64,
    unit: f64,
}

impl Scale {
    /// From nothing, or below it, to at least the highest.
    fn of(low: f64, high: f64, most: i32) -> Self {
        let span = if high - low > 0.0 { high - low } else { 1.0 };
        let unit = round_step(span / f64::from(most));
        Self { low: (low / unit).floor() * unit, high: ((high / unit - 1e-9).ceil() * unit).max((low / unit).floor() * unit + unit), unit }
    }

    /// Around the figures, with room at both ends.
    fn around(low: f64, high: f64, most: i32) -> Self {
        let span = if high - low > 0.0 { high - low } else { (high.abs() * 0.1).max(1.0) };
        let unit = round_step(span * 1.2 / f64::from(most));
        Self { low: ((low - span * 0.08) / unit).floor() * unit, high: ((high + span * 0.08) / unit).ceil() * unit, unit }
    }

    fn steps(self) -> Vec<f64> {
        let count = ((self.high - self.low) / self.unit).round() as i32;
        (0..=count).map(|number| self.low + f64::from(number) * self.unit).collect()
    }
}

/// One, two, two and a half or five times a power of ten, not below `least`.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 2.5, 5.0].into_iter().map(|step| step * power).find(|step| *step >= least * 0.999).unwrap_or(10.0 * power)
}

/// A figure of an axis: the largest figure of the axis says whether in thousands, millions or billions.
fn short_pounds(value: f64, scale: Scale) -> String {
    let unit = scale.unit;
    let (size, letter) = match scale.high.abs().max(scale.low.abs()) {
        large if large >= 1e9 => (1e9, "bn"),
        large if large >= 1e6 => (1e6, "m"),
        large if large >= 1e4 => (1e3, "k"),
        _ => (1.0, ""),
    };
    let places = [0_usize, 1, 2, 3].into_iter().find(|places| {
        let power = 10_f64.powi(i32::try_from(*places).unwrap_or(0));
        ((unit / size * power).round() - unit / size * power).abs() < 1e-6
    });
    if value.abs() < unit * 1e-6 {
        return "£0".to_owned();
    }
    let text = format!("{:.*}", places.unwrap_or(3), value.abs() / size);
    let minus = if value < 0.0 { "−" } else { "" };
    format!("{minus}£{text}{letter}")
}

/// What is drawn so far, from the top down.
struct Pen {
    body: String,
    down: f64,
}

/// A stretch of the drawing with an axis of its own.
struct Panel {
    top: f64,
    height: f64,
    scale: Scale,
}

impl Panel {
    fn width(&self) -> f64 {
        WIDTH - LEFT - RIGHT
    }

    fn y(&self, value: f64) -> f64 {
        self.top + (self.scale.high - value) / (self.scale.high - self.scale.low) * self.height
    }

    fn bar(&self, pen: &mut Pen, x: f64, width: f64, from: f64, to: f64, class: &str) {
        let (top, bottom) = (self.y(from.max(to)), self.y(from.min(to)));
        if bottom - top > 0.05 {
            pen.push(&format!(
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{:.1}\"/>\n",
                bottom - top
            ));
        }
    }

    fn line(&self, pen: &mut Pen, values: &[Ratio], class: &str) {
        let step = self.width() / values.len().max(1) as f64;
        let place = |(at, value): (usize, &Ratio)| format!("{:.1},{:.1}", LEFT + step * (at as f64 + 0.5), self.y(value.to_f64()));
        let points: Vec<String> = values.iter().enumerate().map(place).collect();
        pen.push(&format!("<polyline class=\"{class}\" points=\"{}\"/>\n", points.join(" ")));
    }
}

impl Pen {
    fn new(label: Option<&str>) -> Self {
        let mut pen = Self { body: String::new(), down: 4.0 };
        if let Some(label) = label {
            pen.push(&format!("<text class=\"label made\" x=\"2\" y=\"{:.1}\">{}</text>\n", pen.down + 13.0, escape(label)));
            pen.down += LINE + 8.0;
        }
        pen
    }

    fn push(&mut self, text: &str) {
        self.body.push_str(text);
    }

    /// Names with their colours, in as many lines as they need.
    fn legend(&mut self, names: &[(&str, &str)]) {
        let mut x = 2.0;
        for (class, name) in names {
            let wide = 30.0 + name.chars().count() as f64 * LETTER;
            if x + wide > WIDTH && x > 2.0 {
                x = 2.0;
                self.down += LINE + 2.0;
            }
            if class.starts_with("line") {
                self.push(&format!("<polyline class=\"{class}\" points=\"{x:.1},{0:.1} {1:.1},{0:.1}\"/>", self.down + 8.0, x + 20.0));
            } else {
                self.push(&format!("<rect class=\"{class}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"16\" height=\"12\"/>", self.down + 2.0));
            }
            self.push(&format!("<text x=\"{:.1}\" y=\"{:.1}\">{}</text>\n", x + 24.0, self.down + 13.0, escape(name)));
            x += wide + 8.0;
        }
        self.down += LINE + 10.0;
    }

    fn legend_of(&mut self, offers: &[Series]) {
        let classes: Vec<String> = (0..offers.len()).map(|number| format!("fill{}", number % 4)).collect();
        let names: Vec<(&str, &str)> = classes.iter().zip(offers).map(|(class, offer)| (class.as_str(), offer.name.as_str())).collect();
        self.legend(&names);
    }

    fn heading(&mut self, text: &str) {
        self.push(&format!("<text class=\"label\" x=\"2\" y=\"{:.1}\">{}</text>\n", self.down + 13.0, escape(text)));
        self.down += LINE + 8.0;
    }

    fn heading_centred(&mut self, text: &str) {
        let middle = LEFT + (WIDTH - LEFT - RIGHT) / 2.0;
        self.push(&format!(
            "<text class=\"label\" x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n",
            self.down + 10.0,
            escape(text)
        ));
        self.down += LINE + 4.0;
    }

    fn panel(&mut self, height: f64, scale: Scale, unit: Unit) -> Panel {
        let panel = Panel { top: self.down, height, scale };
        for value in scale.steps() {
            let text = match unit {
                Unit::Pounds => short_pounds(value, scale),
                Unit::Percent => {
                    let places = usize::from(scale.unit.fract() > 1e-9) + usize::from((scale.unit * 10.0).fract() > 1e-6);
                    format!("{}{:.places$}%", if value < -1e-9 { "−" } else { "" }, value.abs())
                }
            };
            let class = if value.abs() < scale.unit * 1e-6 { "zero" } else { "grid" };
            let y = panel.y(value);
            self.push(&format!(
                "<line class=\"{class}\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>\n",
                WIDTH - RIGHT,
                LEFT - 6.0,
                y + 4.5
            ));
        }
        self.down += height;
        panel
    }

    /// Names under a panel, as many as fit side by side.
    fn labels_below(&mut self, panel: &Panel, names: &[String]) {
        let step = panel.width() / names.len().max(1) as f64;
        let labels: Vec<(f64, String)> =
            names.iter().enumerate().map(|(at, name)| (LEFT + step * (at as f64 + 0.5), name.clone())).collect();
        let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(1) as f64;
        self.below(panel, &labels, widest * LETTER + 6.0);
    }

    fn below(&mut self, panel: &Panel, labels: &[(f64, String)], room: f64) {
        let step = labels.get(1).map_or(panel.width(), |second| second.0 - labels[0].0);
        let fitting = (room / step).ceil().max(1.0) as usize;
        // Whole years are cut into equal parts.
        let parts = [1, 2, 3, 4, 6, 12].into_iter().find(|part| *part >= fitting && labels.len().is_multiple_of(12));
        let mut taken = f64::NEG_INFINITY;
        for (x, name) in labels.iter().step_by(parts.unwrap_or(fitting)) {
            // The first and the last name stay inside the drawing.
            let half = name.chars().count() as f64 * LETTER / 2.0;
            let middle = x.clamp(half.min(WIDTH / 2.0), (WIDTH - half).max(WIDTH / 2.0));
            if middle - half < taken {
                continue;
            }
            taken = middle + half;
            self.push(&format!(
                "<text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n",
                panel.top + panel.height + 17.0,
                escape(name)
            ));
        }
        self.down = panel.top + panel.height + 34.0;
    }

    fn done(self, heading: Heading<'_>, said: &str) -> String {
        let Heading { id, title, .. } = heading;
        format!(
            "<svg class=\"narrow\" viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" xmlns=\"http://www.w3.org/2000/svg\">\n\
             <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n\
             <defs><pattern id=\"{id}-hatch\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect class=\"gap\" width=\"2.5\" height=\"5\"/></pattern></defs>\n{}</svg>",
            self.down,
            escape(title),
            escape(said),
            hatch(&self.body, id)
        )
    }
}

/// Lays the pattern of the drawing over each bar that is to be hatched.
fn hatch(body: &str, id: &str) -> String {
    let mut text = String::with_capacity(body.len());
    for line in body.split_inclusive('\n') {
        text.push_str(line);
        for rect in line.split("<rect ").skip(1).filter(|rect| rect.contains(" hatched\"")) {
            let places = rect.split_once("\" ").map_or("", |(_, places)| places);
            let places = places.split("/>").next().unwrap_or("");
            text.push_str(&format!("<rect fill=\"url(#{id}-hatch)\" {places}/>\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(name: &str, values: &[i64]) -> Series {
        Series { name: name.to_owned(), values: values.iter().copied().map(Ratio::whole).collect() }
    }

    fn heading<'h>(id: &'h str, title: &'h str) -> Heading<'h> {
        Heading { id, title, label: None }
    }

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    fn attribute(tag: &str, name: &str) -> f64 {
        let rest = tag.split(&format!(" {name}=\"")).nth(1).unwrap_or_else(|| panic!("{tag} has no {name}"));
        rest.split('"').next().and_then(|value| value.parse().ok()).expect("a number")
    }

    #[test]
    fn a_bar_is_as_high_as_its_figure() {
        let drawn = gain_by_decile(heading("g", "Gains"), &names(&["1", "2", "3"]), &[series("A", &[2, 4, -2])]);
        let bars: Vec<&str> =
            drawn.svg.lines().filter(|line| line.starts_with("<rect class=\"fill0\" x") && !line.contains("<text")).collect();
        let heights: Vec<f64> = bars.iter().map(|bar| attribute(bar, "height")).collect();
        assert_eq!(heights.len(), 3);
        assert!((heights[1] - 2.0 * heights[0]).abs() < 0.2 && (heights[2] - heights[0]).abs() < 0.2, "{heights:?}");
        // A loss hangs from the line on which a gain stands.
        let foot = attribute(bars[0], "y") + heights[0];
        assert!((attribute(bars[2], "y") - foot).abs() < 0.2);
        assert_eq!(drawn.rows, [names(&["1", "2.00%"]), names(&["2", "4.00%"]), names(&["3", "−2.00%"])]);
        assert!(drawn.svg.contains("<desc id=\"g-desc\">A: 2.00% at 1, −2.00% at 3.</desc>"));
    }

    #[test]
    fn increments_stand_on_the_award() {
        let offer = MonthlyCost {
            name: "A".into(),
            award: vec![Ratio::whole(300)],
            increments: vec![Ratio::whole(100)],
            one_off: vec![Ratio::ZERO],
        };
        let drawn = cost_by_month(heading("c", "Cost"), &names(&["April"]), &[offer]);
        let bars: Vec<&str> = drawn.svg.lines().filter(|line| line.starts_with("<rect class=\"fill0") && !line.contains("<text")).collect();
        let [award, increments] = bars.as_slice() else { panic!("{bars:?}") };
        assert!((attribute(increments, "y") + attribute(increments, "height") - attribute(award, "y")).abs() < 0.2);
        assert_eq!(drawn.rows, [names(&["April", "£300", "£100"])]);
        assert!(!drawn.svg.contains("one-off"));
        // A sum paid once stands on top of both, and has its column.
        let offer = MonthlyCost {
            name: "A".into(),
            award: vec![Ratio::whole(300)],
            increments: vec![Ratio::whole(100)],
            one_off: vec![Ratio::whole(200)],
        };
        let drawn = cost_by_month(Heading { id: "c", title: "Cost", label: Some("No real staff") }, &names(&["April"]), &[offer]);
        let bar = |class: &str| {
            drawn
                .svg
                .lines()
                .find(|line| line.starts_with(&format!("<rect class=\"{class}\" x")) && !line.contains("<text"))
                .expect("a bar")
                .to_owned()
        };
        let (moved, once) = (bar("fill0 hatched"), bar("fill3"));
        assert!((attribute(&once, "y") + attribute(&once, "height") - attribute(&moved, "y")).abs() < 0.2);
        assert!((attribute(&once, "height") - 2.0 * attribute(&moved, "height")).abs() < 0.2);
        assert_eq!(drawn.rows, [names(&["April", "£300", "£100", "£200"])]);
        assert!(drawn.svg.contains(">No real staff</text>"));
    }

    #[test]
    fn months_below_the_bars_do_not_meet() {
        for years in 1..=3_usize {
            let months: Vec<String> = (0..12 * years).map(|at| format!("M{:02} {}", at % 12 + 1, 2008 + at / 12)).collect();
            let sums = vec![Ratio::ONE; months.len()];
            let offer = MonthlyCost { name: "A".into(), award: sums.clone(), increments: sums.clone(), one_off: sums };
            let drawn = cost_by_month(heading("c", "Cost"), &months, &[offer]);
            let places: Vec<(f64, String)> = months
                .iter()
                .filter_map(|month| {
                    let line = drawn.svg.lines().find(|line| line.ends_with(&format!(">{month}</text>")))?;
                    Some((attribute(&line[line.rfind("<text").expect("a text")..], "x"), month.clone()))
                })
                .collect();
            assert!(places.len() >= 3 && places.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 8.0 * LETTER), "{places:?}");
            assert!(years == 1 || places.iter().all(|(_, month)| month.starts_with("M01") || month.starts_with("M07")), "{places:?}");
        }
    }

    #[test]
    fn names_of_the_frontier_do_not_meet() {
        let choices: Vec<Choice> = (0..6)
            .map(|number| Choice {
                name: format!("choice number {number}"),
                lowest: Ratio::whole(14_000 + number * 3),
                rest: Ratio::new(10 - i128::from(number), 10),
            })
            .collect();
        let drawn = frontier(heading("f", "Frontier"), &choices);
        let boxes: Vec<(f64, f64, f64)> = drawn
            .svg
            .lines()
            .filter(|line| line.starts_with("<text class=\"label\"") && line.contains("choice number"))
            .map(|line| (attribute(line, "x"), attribute(line, "y"), 15.0 * HEAVY))
            .collect();
        assert_eq!(boxes.len(), 6);
        for (at, one) in boxes.iter().enumerate() {
            for other in &boxes[at + 1..] {
                let apart = (one.1 - other.1).abs() >= 15.9 || one.0 + one.2 <= other.0 || other.0 + other.2 <= one.0;
                assert!(apart, "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn nothing_to_draw_is_no_panic_and_names_are_escaped() {
        for drawn in [
            gain_by_decile(heading("a", "a"), &[], &[]),
            frontier(heading("b", "b"), &[]),
            cost_by_month(heading("c", "c"), &[], &[]),
            along_the_spine(heading("d", "d"), &[], &[], &[]),
        ] {
            assert!(!drawn.svg.contains("NaN") && !drawn.svg.contains("inf") && drawn.rows.is_empty(), "{}", drawn.svg);
        }
        let drawn = gain_by_decile(heading("a", "a < b"), &names(&["<1>"]), &[series("R&D", &[1])]);
        assert!(drawn.svg.contains("R&amp;D") && drawn.svg.contains("&lt;1&gt;") && drawn.svg.contains("a &lt; b"));
    }

    #[test]
    fn axes_have_round_steps() {
        assert_eq!(Scale::of(0.0, 3.8, 5).steps(), [0.0, 1.0, 2.0, 3.0, 4.0]);
        let written = |value, high, unit| short_pounds(value, Scale { low: 0.0, high, unit });
        assert_eq!(written(500_000.0, 2_500_000.0, 500_000.0), "£0.5m");
        assert_eq!(written(40_000.0, 100_000.0, 20_000.0), "£40k");
        assert_eq!(written(14_250.0, 15_000.0, 250.0), "£14.25k");
        assert_eq!(written(-250.0, 500.0, 250.0), "−£250");
    }
}
