//! The life of a mandate (spec A10 to A16): held, called, suspended, resumed, spent, expired.
//!
//! The life is a table of states and events; every pair is in it, and a pair that has no meaning is refused by name.

/// Where a mandate stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MandateState {
    /// Won, and no day called is still to come.
    Held,
    /// Action is called.
    Called,
    /// The action called is put off.
    Suspended,
    /// Called again after it was put off.
    Resumed,
    /// Used: the action it covered is over, or the dispute is.
    Spent,
    /// Its period ended.
    Expired,
}

/// What can happen to a mandate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MandateEvent {
    /// A call that counts.
    ActionCalled,
    /// Days called were put off, and none is left.
    PutOff,
    /// The days called are over.
    CalledDaysOver,
    /// The last day passed: nothing more is covered, or nothing had begun.
    PeriodEnded,
    /// The action it covered is over and no more can begin, or the dispute ended.
    Used,
}

impl MandateState {
    /// Every state.
    pub const ALL: [Self; 6] = [Self::Held, Self::Called, Self::Suspended, Self::Resumed, Self::Spent, Self::Expired];

    /// The word in output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Called => "called",
            Self::Suspended => "suspended",
            Self::Resumed => "resumed",
            Self::Spent => "spent",
            Self::Expired => "expired",
        }
    }

    /// A11: whether new days can be called under it.
    pub fn is_live(self) -> bool {
        match self {
            Self::Held | Self::Called | Self::Suspended | Self::Resumed => true,
            Self::Spent | Self::Expired => false,
        }
    }

    /// A10: the state after an event; `None` where the event has no meaning.
    pub fn after(self, event: MandateEvent) -> Option<Self> {
        use MandateEvent::{ActionCalled, CalledDaysOver, PeriodEnded, PutOff, Used};
        match (self, event) {
            (Self::Held | Self::Called, ActionCalled) => Some(Self::Called),
            // A12: new days after a postponement need a new notice; that is judged day by day.
            (Self::Suspended | Self::Resumed, ActionCalled) => Some(Self::Resumed),
            (Self::Called | Self::Resumed, PutOff) => Some(Self::Suspended),
            (Self::Called | Self::Resumed, CalledDaysOver) => Some(Self::Held),
            (Self::Held | Self::Called | Self::Suspended | Self::Resumed, PeriodEnded) => Some(Self::Expired),
            (Self::Held | Self::Called | Self::Suspended | Self::Resumed, Used) => Some(Self::Spent),
            (Self::Held | Self::Suspended, PutOff | CalledDaysOver) => None,
            (Self::Spent | Self::Expired, ActionCalled | PutOff | CalledDaysOver | PeriodEnded | Used) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a10_every_pair_of_state_and_event() {
        use MandateEvent::{ActionCalled, CalledDaysOver, PeriodEnded, PutOff, Used};
        let table: Vec<String> = MandateState::ALL
            .iter()
            .map(|state| {
                let after = [ActionCalled, PutOff, CalledDaysOver, PeriodEnded, Used]
                    .map(|event| state.after(event).map_or("-", MandateState::word));
                format!("{}: {}", state.word(), after.join(" "))
            })
            .collect();
        assert_eq!(
            table,
            [
                "held: called - - expired spent",
                "called: called suspended held expired spent",
                "suspended: resumed - - expired spent",
                "resumed: resumed suspended held expired spent",
                "spent: - - - - -",
                "expired: - - - - -",
            ]
        );
    }
}
