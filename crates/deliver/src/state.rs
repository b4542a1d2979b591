//! What can become of a pack: states, steps, and which step may follow which state. No file, no clock.
//!
//! The table stands in docs/spec/delivery.md; a test walks every pair.

/// How a pack reaches its member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// A letter, by the mailing house.
    Post,
    /// An e-mail to a personal address.
    Email,
}

impl Way {
    /// The word in ledger and summaries.
    pub fn word(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Email => "email",
        }
    }

    /// From its word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Post, Self::Email].into_iter().find(|way| way.word() == word)
    }
}

/// Where a pack stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Made without a member, for a pack that will be lost.
    Spare,
    /// Made for a member, not on its way.
    Made,
    /// To be sent.
    Queued(Way),
    /// The sending of the e-mail was begun and nobody recorded its end.
    PerhapsSent,
    /// In the printer's file, or taken by the mail server.
    HandedOver(Way),
    /// The e-mail could not be delivered.
    Bounced,
    /// The letter came back.
    Returned,
    /// Another pack stands in its place.
    Replaced,
    /// Worth nothing any more, without another in its place.
    Void,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Spare,
        Self::Made,
        Self::Queued(Way::Post),
        Self::Queued(Way::Email),
        Self::PerhapsSent,
        Self::HandedOver(Way::Post),
        Self::HandedOver(Way::Email),
        Self::Bounced,
        Self::Returned,
        Self::Replaced,
        Self::Void,
    ];

    /// In words, for a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::Spare => "a spare",
            Self::Made => "made, not sent",
            Self::Queued(Way::Post) => "queued for the post",
            Self::Queued(Way::Email) => "queued for e-mail",
            Self::PerhapsSent => "perhaps sent",
            Self::HandedOver(Way::Post) => "handed over to the printer",
            Self::HandedOver(Way::Email) => "handed over to the mail server",
            Self::Bounced => "bounced",
            Self::Returned => "returned",
            Self::Replaced => "replaced by another",
            Self::Void => "void",
        }
    }

    /// Whether its member may vote with it.
    pub fn is_live(self) -> bool {
        match self {
            Self::Spare | Self::Replaced | Self::Void => false,
            Self::Made | Self::Queued(_) | Self::PerhapsSent | Self::HandedOver(_) | Self::Bounced | Self::Returned => true,
        }
    }
}

/// What happens to a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// It is made for a member.
    Made,
    /// It is made as a spare.
    MadeSpare,
    /// A spare takes the place of a lost one.
    Issued,
    /// It is to be sent so; again after a failure, or by the other way.
    Queued(Way),
    /// The text of the e-mail is about to be sent.
    Begun,
    /// The printer's file holds it, or the mail server took it.
    HandedOver(Way),
    /// The mail server, or one behind it, refused it for good.
    Bounced,
    /// The letter came back.
    Returned,
    /// Its member was reminded.
    Reminded,
    /// Another pack takes its place.
    Replaced,
    /// It is worth nothing any more.
    Void,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Made,
        Self::MadeSpare,
        Self::Issued,
        Self::Queued(Way::Post),
        Self::Queued(Way::Email),
        Self::Begun,
        Self::HandedOver(Way::Post),
        Self::HandedOver(Way::Email),
        Self::Bounced,
        Self::Returned,
        Self::Reminded,
        Self::Replaced,
        Self::Void,
    ];

    /// The word in the ledger. Ways and spares have fields of their own there.
    pub fn word(self) -> &'static str {
        match self {
            Self::Made | Self::MadeSpare => "made",
            Self::Issued => "issued",
            Self::Queued(_) => "queued",
            Self::Begun => "begun",
            Self::HandedOver(_) => "handed-over",
            Self::Bounced => "bounced",
            Self::Returned => "returned",
            Self::Reminded => "reminded",
            Self::Replaced => "replaced",
            Self::Void => "void",
        }
    }
}

/// A step that may not follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAllowed {
    /// Where the pack stands; nothing if it is not known.
    pub state: Option<State>,
    /// What was to happen to it.
    pub step: Step,
}

impl std::fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stands = self.state.map_or("not in the ledger", State::words);
        write!(f, "it is {stands}, so “{}” cannot follow", self.step.word())
    }
}

impl std::error::Error for NotAllowed {}

/// Where a pack stands after a step.
pub fn after(state: Option<State>, step: Step) -> Result<State, NotAllowed> {
    use State as S;
    let refused = Err(NotAllowed { state, step });
    let Some(now) = state else {
        return match step {
            Step::Made => Ok(S::Made),
            Step::MadeSpare => Ok(S::Spare),
            _ => refused,
        };
    };
    match (now, step) {
        (S::Spare, Step::Issued) => Ok(S::Made),
        (S::Made | S::Queued(_) | S::PerhapsSent | S::Bounced | S::Returned, Step::Queued(way)) => Ok(S::Queued(way)),
        (S::Queued(Way::Email), Step::Begun) => Ok(S::PerhapsSent),
        (S::Queued(Way::Post), Step::HandedOver(Way::Post)) => Ok(S::HandedOver(Way::Post)),
        (S::PerhapsSent, Step::HandedOver(Way::Email)) => Ok(S::HandedOver(Way::Email)),
        // Refused at once, after its text, or by a report that came later.
        (S::Queued(Way::Email) | S::PerhapsSent | S::HandedOver(Way::Email), Step::Bounced) => Ok(S::Bounced),
        (S::HandedOver(Way::Post), Step::Returned) => Ok(S::Returned),
        (S::HandedOver(way), Step::Reminded) => Ok(S::HandedOver(way)),
        (S::Made | S::Queued(_) | S::PerhapsSent | S::HandedOver(_) | S::Bounced | S::Returned, Step::Replaced) => Ok(S::Replaced),
        (S::Spare | S::Made | S::Queued(_) | S::PerhapsSent | S::HandedOver(_) | S::Bounced | S::Returned, Step::Void) => Ok(S::Void),
        // A state or a step that is added must be placed: no wildcard for states here.
        (S::Spare | S::Made | S::Queued(_) | S::PerhapsSent | S::HandedOver(_) | S::Bounced | S::Returned | S::Replaced | S::Void, _) => {
            refused
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of docs/spec/delivery.md: a row for each state, a column for each step, `.` where the step is refused.
    const PICTURE: &str = include_str!("../../../docs/spec/delivery.md");

    fn short(state: State) -> &'static str {
        match state {
            State::Spare => "spare",
            State::Made => "made",
            State::Queued(Way::Post) => "queued post",
            State::Queued(Way::Email) => "queued e-mail",
            State::PerhapsSent => "perhaps sent",
            State::HandedOver(Way::Post) => "handed over post",
            State::HandedOver(Way::Email) => "handed over e-mail",
            State::Bounced => "bounced",
            State::Returned => "returned",
            State::Replaced => "replaced",
            State::Void => "void",
        }
    }

    #[test]
    fn every_state_and_step_is_as_the_specification_has_it() {
        let mut rows = PICTURE.lines().skip_while(|line| !line.starts_with("| state |")).take_while(|line| line.starts_with('|'));
        let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
        let head = rows.next().map(cells).expect("the table stands in the specification");
        assert_eq!(head.len(), 1 + Step::ALL.len());
        let body: Vec<_> = rows.skip(1).map(cells).collect();
        let states: Vec<_> = std::iter::once(None).chain(State::ALL.map(Some)).collect();
        assert_eq!(body.len(), states.len());
        for (state, row) in states.into_iter().zip(&body) {
            assert_eq!(row[0], state.map_or("(none)", short));
            for (step, cell) in Step::ALL.into_iter().zip(&row[1..]) {
                let found = after(state, step).map_or(".", short);
                assert_eq!(found, cell, "{state:?} and {step:?}");
            }
        }
    }

    #[test]
    fn what_is_replaced_or_void_stays_so() {
        for state in [State::Replaced, State::Void] {
            assert!(Step::ALL.into_iter().all(|step| after(Some(state), step).is_err()));
        }
    }

    #[test]
    fn only_words_apart_by_a_field_of_their_own_are_the_same() {
        let mut words: Vec<_> = Step::ALL.into_iter().map(Step::word).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 10);
        assert_eq!([Way::Post, Way::Email].map(Way::word).map(Way::parse), [Some(Way::Post), Some(Way::Email)]);
    }
}
