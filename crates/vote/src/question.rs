//! A question, its limits, and what a voter may answer.

use std::fmt;

use crate::json;

/// A question of an election record: homomorphic, every answer 0 or 1, between `min` and `max` of them, perhaps blank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    text: String,
    answers: Vec<String>,
    blank: bool,
    min: u32,
    max: u32,
}

/// Why a question cannot be asked (V14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuestionFault {
    /// No text.
    NoText,
    /// Fewer than two answers, or more than a hundred.
    NumberOfAnswers(usize),
    /// An answer without text.
    EmptyAnswer(usize),
    /// Two answers that read the same.
    EqualAnswers(usize, usize),
    /// The limits do not fit: min above max, max above the number of answers, or max zero.
    Limits,
}

impl fmt::Display for QuestionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoText => f.write_str("the question has no text"),
            Self::NumberOfAnswers(number) => write!(f, "{number} answers: there must be between 2 and {}", Question::MOST_ANSWERS),
            Self::EmptyAnswer(at) => write!(f, "answer {} has no text", at + 1),
            Self::EqualAnswers(one, two) => write!(f, "answers {} and {} are the same", one + 1, two + 1),
            Self::Limits => f.write_str("the limits do not fit: min is at most max, max at least 1 and at most the number of answers"),
        }
    }
}

impl std::error::Error for QuestionFault {}

/// How many answers may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// At least so many.
    pub min: u32,
    /// At most so many.
    pub max: u32,
    /// Or none at all, openly.
    pub blank: bool,
}

impl Question {
    /// Most answers of one question.
    pub const MOST_ANSWERS: usize = 100;

    /// Checks a question (V14).
    pub fn new(text: &str, answers: &[String], limits: Limits) -> Result<Self, QuestionFault> {
        if text.trim().is_empty() {
            return Err(QuestionFault::NoText);
        }
        if answers.len() < 2 || answers.len() > Self::MOST_ANSWERS {
            return Err(QuestionFault::NumberOfAnswers(answers.len()));
        }
        for (at, answer) in answers.iter().enumerate() {
            if answer.trim().is_empty() {
                return Err(QuestionFault::EmptyAnswer(at));
            }
            if let Some(earlier) = answers[..at].iter().position(|earlier| earlier.trim() == answer.trim()) {
                return Err(QuestionFault::EqualAnswers(earlier, at));
            }
        }
        let Limits { min, max, blank } = limits;
        if min > max || max == 0 || max as usize > answers.len() {
            return Err(QuestionFault::Limits);
        }
        Ok(Self { text: text.to_owned(), answers: answers.to_vec(), blank, min, max })
    }

    /// One of the answers, exactly.
    pub fn one_of(text: &str, answers: &[&str]) -> Result<Self, QuestionFault> {
        let answers: Vec<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
        Self::new(text, &answers, Limits { min: 1, max: 1, blank: false })
    }

    /// What is asked.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The answers, without the blank one.
    pub fn answers(&self) -> &[String] {
        &self.answers
    }

    /// How many may be chosen.
    pub fn limits(&self) -> Limits {
        Limits { min: self.min, max: self.max, blank: self.blank }
    }

    /// Number of encrypted values: the answers, and one before them if blank is allowed.
    pub fn choices(&self) -> usize {
        self.answers.len() + usize::from(self.blank)
    }

    pub(crate) fn write(&self, text: &mut String) {
        text.push_str("{\"answers\":[");
        json::list(text, &self.answers, |text, answer| json::string(text, answer));
        text.push(']');
        if self.blank {
            text.push_str(",\"blank\":true");
        }
        text.push_str(&format!(",\"min\":{},\"max\":{},\"question\":", self.min, self.max));
        json::string(text, &self.text);
        text.push('}');
    }

    pub(crate) fn read(value: &serde_json::Value) -> Result<Self, json::ShapeFault> {
        let fields = json::fields_of(value)?;
        let blank = fields.optional("blank").map(json::boolean).transpose()?.unwrap_or(false);
        let names: &[&str] = if fields.optional("blank").is_some() {
            &["answers", "blank", "min", "max", "question"]
        } else {
            &["answers", "min", "max", "question"]
        };
        fields.exactly(names)?;
        let answers = json::array(fields.get("answers")?)?
            .iter()
            .map(|answer| json::text(answer).map(str::to_owned))
            .collect::<Result<Vec<_>, _>>()?;
        let limits = Limits { min: json::number(fields.get("min")?)?, max: json::number(fields.get("max")?)?, blank };
        Self::new(json::text(fields.get("question")?)?, &answers, limits).map_err(|_| json::ShapeFault::new("question"))
    }
}

/// What one voter chose in one question, before it is encrypted. Wiped after use, never shown.
#[derive(zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct Choice {
    /// 0 or 1 for every choice; the blank one first if the question allows it.
    pub(crate) marks: Vec<u8>,
}

/// Why an answer is not allowed. It does not say what was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceFault {
    /// There is no such answer.
    NoSuchAnswer,
    /// An answer chosen twice.
    Twice,
    /// Too few or too many.
    OutsideLimits,
    /// Blank where it is not allowed.
    BlankNotAllowed,
    /// Not as many answers as questions.
    NumberOfQuestions,
}

impl fmt::Display for ChoiceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSuchAnswer => "there is no such answer",
            Self::Twice => "an answer is chosen twice",
            Self::OutsideLimits => "too few or too many answers are chosen",
            Self::BlankNotAllowed => "this question cannot be left blank",
            Self::NumberOfQuestions => "there must be one choice for each question",
        })
    }
}

impl std::error::Error for ChoiceFault {}

impl Choice {
    /// These answers, numbered from 0.
    pub fn answers(question: &Question, chosen: &[usize]) -> Result<Self, ChoiceFault> {
        let mut choice = Self { marks: vec![0; question.choices()] };
        for answer in chosen {
            if *answer >= question.answers.len() {
                return Err(ChoiceFault::NoSuchAnswer);
            }
            let mark = &mut choice.marks[answer + usize::from(question.blank)];
            if *mark == 1 {
                return Err(ChoiceFault::Twice);
            }
            *mark = 1;
        }
        let within = chosen.len() >= question.min as usize && chosen.len() <= question.max as usize;
        if within { Ok(choice) } else { Err(ChoiceFault::OutsideLimits) }
    }

    /// An open abstention.
    pub fn blank(question: &Question) -> Result<Self, ChoiceFault> {
        if !question.blank {
            return Err(ChoiceFault::BlankNotAllowed);
        }
        let mut choice = Self { marks: vec![0; question.choices()] };
        choice.marks[0] = 1;
        Ok(choice)
    }
}
