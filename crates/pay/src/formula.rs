//! The small language in which a reading of a quoted figure is written: `2 * (uplift + increments)`.
//!
//! Numbers, names of inputs, `+ - * / ( )`, `real(pay, prices)` and `share(part, whole)`, all exact.

use std::collections::BTreeMap;

use dated::Ratio;

use crate::prices::real_percent;

/// A parsed formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    text: String,
    root: Node,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    Number(Ratio),
    Name(String),
    Binary(char, Box<Node>, Box<Node>),
    Negative(Box<Node>),
    /// (1 + pay) / (1 + prices) − 1, in percent.
    Real(Box<Node>, Box<Node>),
    /// part / whole, in percent.
    Share(Box<Node>, Box<Node>),
}

/// Deep enough for any formula a person would write, shallow enough never to exhaust the stack.
const DEEPEST: usize = 40;

impl Formula {
    /// Parses the text.
    ///
    /// # Errors
    /// A sentence that says what was met where.
    pub fn parse(text: &str) -> Result<Self, String> {
        let tokens = tokens(text)?;
        let mut parser = Parser { tokens: &tokens, at: 0, depth: 0 };
        let root = parser.sum()?;
        match parser.peek() {
            None => Ok(Self { text: text.to_owned(), root }),
            Some(token) => Err(format!("“{token}” was not expected there")),
        }
    }

    /// The text as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names that the formula uses, each once.
    pub fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        collect_names(&self.root, &mut names);
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The value for these inputs.
    ///
    /// # Errors
    /// A sentence when an input is missing or something is divided by zero.
    pub fn value(&self, inputs: &BTreeMap<String, Ratio>) -> Result<Ratio, String> {
        value(&self.root, inputs)
    }
}

fn collect_names<'n>(node: &'n Node, names: &mut Vec<&'n str>) {
    match node {
        Node::Number(_) => {}
        Node::Name(name) => names.push(name),
        Node::Negative(inner) => collect_names(inner, names),
        Node::Binary(_, a, b) | Node::Real(a, b) | Node::Share(a, b) => {
            collect_names(a, names);
            collect_names(b, names);
        }
    }
}

fn value(node: &Node, inputs: &BTreeMap<String, Ratio>) -> Result<Ratio, String> {
    let zero = || "the formula divides by zero".to_owned();
    Ok(match node {
        Node::Number(number) => *number,
        Node::Name(name) => *inputs.get(name).ok_or_else(|| format!("there is no input “{name}”"))?,
        Node::Negative(inner) => -value(inner, inputs)?,
        Node::Binary(operator, a, b) => {
            let (a, b) = (value(a, inputs)?, value(b, inputs)?);
            match operator {
                '+' => a + b,
                '-' => a - b,
                '*' => a * b,
                _ => a.checked_div(b).ok_or_else(zero)?,
            }
        }
        Node::Real(pay, prices) => {
            let prices = value(prices, inputs)?;
            if prices == Ratio::whole(-100) {
                return Err(zero());
            }
            real_percent(value(pay, inputs)?, prices)
        }
        Node::Share(part, whole) => value(part, inputs)?.checked_div(value(whole, inputs)?).ok_or_else(zero)? * Ratio::whole(100),
    })
}

fn tokens(text: &str) -> Result<Vec<String>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '+' | '-' | '*' | '/' | '(' | ')' | ',' => 1,
            _ if first.is_ascii_digit() => rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len()),
            _ if first.is_ascii_alphabetic() => rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len()),
            _ => return Err(format!("“{first}” has no meaning in a formula")),
        };
        tokens.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    if tokens.len() > 200 { Err("the formula is longer than 200 parts".to_owned()) } else { Ok(tokens) }
}

struct Parser<'p> {
    tokens: &'p [String],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn take(&mut self, wanted: &str) -> Result<(), String> {
        match self.peek() {
            Some(token) if token == wanted => {
                self.at += 1;
                Ok(())
            }
            Some(token) => Err(format!("“{wanted}” was expected before “{token}”")),
            None => Err(format!("“{wanted}” is missing at the end")),
        }
    }

    fn sum(&mut self) -> Result<Node, String> {
        self.chain(&["+", "-"], Self::product)
    }

    fn product(&mut self) -> Result<Node, String> {
        self.chain(&["*", "/"], Self::single)
    }

    fn chain(&mut self, operators: &[&str], part: fn(&mut Self) -> Result<Node, String>) -> Result<Node, String> {
        let mut left = part(self)?;
        while let Some(operator) = self.peek().filter(|token| operators.contains(token)).and_then(|token| token.chars().next()) {
            self.at += 1;
            left = Node::Binary(operator, Box::new(left), Box::new(part(self)?));
        }
        Ok(left)
    }

    fn single(&mut self) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("the formula is nested more than {DEEPEST} deep"));
        }
        let node = self.single_inner();
        self.depth -= 1;
        node
    }

    fn single_inner(&mut self) -> Result<Node, String> {
        let token = self.peek().ok_or("the formula ends too early")?.to_owned();
        self.at += 1;
        match token.as_str() {
            "(" => {
                let inner = self.sum()?;
                self.take(")")?;
                Ok(inner)
            }
            "-" => Ok(Node::Negative(Box::new(self.single()?))),
            "real" | "share" if self.peek() == Some("(") => {
                self.take("(")?;
                let first = self.sum()?;
                self.take(",")?;
                let second = self.sum()?;
                self.take(")")?;
                let (first, second) = (Box::new(first), Box::new(second));
                Ok(if token == "real" { Node::Real(first, second) } else { Node::Share(first, second) })
            }
            _ if token.starts_with(|c: char| c.is_ascii_digit()) => {
                Ratio::parse_decimal(&token).map(Node::Number).ok_or_else(|| format!("“{token}” is not a number"))
            }
            _ if token.starts_with(|c: char| c.is_ascii_alphabetic()) => Ok(Node::Name(token)),
            _ => Err(format!("“{token}” was not expected there")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> Result<String, String> {
        let inputs = [("a", 3), ("b", 4)].map(|(name, number)| (name.to_owned(), Ratio::whole(number))).into();
        Ok(Formula::parse(text)?.value(&inputs)?.to_short(4))
    }

    #[test]
    fn the_usual_order_of_operations() {
        assert_eq!(run("a + b * 2"), Ok("11".into()));
        assert_eq!(run("(a + b) * 2"), Ok("14".into()));
        assert_eq!(run("a - b - 1"), Ok("-2".into()));
        assert_eq!(run("12 / a / 2"), Ok("2".into()));
        assert_eq!(run("-a + 0.5"), Ok("-2.5".into()));
        assert_eq!(run("share(a, b)"), Ok("75".into()));
        assert_eq!(run("real(5, 5) + a"), Ok("3".into()));
    }

    #[test]
    fn what_cannot_be_a_formula_is_explained() {
        for (text, part) in [
            ("a +", "too early"),
            ("a b", "“b”"),
            ("(a", "“)”"),
            ("a % b", "“%”"),
            ("c", "no input"),
            ("a/(b-4)", "zero"),
            ("1.2.3", "1.2.3"),
        ] {
            let problem = run(text).expect_err(text);
            assert!(problem.contains(part), "{text}: {problem}");
        }
        assert!(run(&"(".repeat(150)).is_err());
    }
}
